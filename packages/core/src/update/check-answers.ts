import { RegistryError } from "../errors/registry-error.js";
import type { Repository, TagDetails, TagSummary } from "../ports/registry-client.js";

/** A port is somebody else's program: what it answers is looked at before anybody decides upon it. */
const KINDS: ReadonlySet<unknown> = new Set([
  "image",
  "gone",
  "not-an-image",
  "no-platform",
  "refused",
  "broken",
]);

/** Whether an answer says what a tag is. */
export function isTagDetails(answer: unknown): answer is TagDetails {
  if (!isRecord(answer) || !KINDS.has(answer["kind"])) return false;
  const { kind, digest, labels, platforms, created, available } = answer;
  if (kind === "gone") return true;
  if (kind === "refused" || kind === "broken") return typeof answer["text"] === "string";
  if (kind === "not-an-image") {
    return typeof answer["mediaType"] === "string" && isOptionalText(digest);
  }
  if (typeof digest !== "string") return false;
  if (kind === "no-platform") return isTextList(available);
  return isRecord(labels) && isTextList(platforms) && isOptionalTime(created);
}

/** The answer of `listTags`. Throws where it is not a list of names. */
export function checkTagList(answer: unknown, repository: Repository): readonly string[] {
  if (isTextList(answer)) return answer;
  throw invalid("listTags", "a list of tag names", answer, repository);
}

/** The answer of `describeTag`. */
export function checkDetails(answer: unknown, repository: Repository): TagDetails {
  if (isTagDetails(answer)) return answer;
  throw invalid("describeTag", "what the tag points to", answer, repository);
}

/** The answer of `resolveDigest`. */
export function checkDigest(answer: unknown, repository: Repository): string | undefined {
  if (isOptionalText(answer)) return answer;
  throw invalid("resolveDigest", "a digest", answer, repository);
}

/** The answer of `describeTags`. */
export function checkSummaries(answer: unknown, repository: Repository): readonly TagSummary[] {
  if (Array.isArray(answer) && answer.every(isSummary)) return answer;
  throw invalid("describeTags", "a list of names with their times", answer, repository);
}

function isSummary(answer: unknown): answer is TagSummary {
  return (
    isRecord(answer) &&
    typeof answer["name"] === "string" &&
    isOptionalText(answer["digest"]) &&
    isOptionalTime(answer["created"])
  );
}

function isOptionalTime(time: unknown): boolean {
  if (time === undefined) return true;
  return isRecord(time) && typeof time["at"] === "string" && typeof time["source"] === "string";
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function invalid(
  method: string,
  expected: string,
  answer: unknown,
  { host, path }: Repository,
): RegistryError {
  const found = Array.isArray(answer) ? "a list of something else" : typeof answer;
  const message = `the registry client of ${host}/${path} broke its contract: expected ${expected} from ${method}, but found ${found}`;
  return new RegistryError("invalid-response", message, { host, repository: path });
}
