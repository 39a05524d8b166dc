import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import type { ForgeKind, PullRequestSettings } from "../ports/write-back-settings.js";
import type { PullRequestConfig } from "./write-back-config.js";

/** The forges that pull requests can be opened on. */
export const FORGES: readonly ForgeKind[] = ["github", "gitlab", "gitea"];

/** A setting of a pull request by name, so that a diagnostic can say where it was written. */
export type PullRequestSettingName = "pullRequest" | "pullRequestLabels";

/** Says where a setting was written, of the labels one `item`, in what was found wrong with it. */
export type LocatePullRequest = (
  setting: PullRequestSettingName,
  found: readonly Diagnostic[],
  item?: number,
) => readonly Diagnostic[];

const MOST_LABELS = 100;
const LONGEST_LABEL = 255;

/**
 * Parses the pull request of a write-back; the value is undefined when any of it is wrong.
 *
 * Exactly one forge must be set. Labels are trimmed, blank ones and repeated ones dropped; at most 100
 * may be left, of at most 255 characters each.
 */
export function parsePullRequest(
  config: PullRequestConfig,
  locate: LocatePullRequest,
): Parsed<PullRequestSettings> {
  const forges = FORGES.filter((forge) => config[forge] !== undefined);
  const [forge, ...others] = forges;
  const isOne = forge !== undefined && others.length === 0;
  const labels = cleanLabels(config.labels ?? []);
  const diagnostics = [
    ...(isOne ? [] : locate("pullRequest", [wrongForges(forges)])),
    ...inspectLabels(labels, locate),
  ];
  const isUsable = isOne && diagnostics.length === 0;
  const value = isUsable ? { forge, labels: labels.map(({ text }) => text) } : undefined;
  return { value, diagnostics };
}

interface Label {
  readonly text: string;
  /** Its place in the list as written. */
  readonly item: number;
}

function cleanLabels(labels: readonly string[]): readonly Label[] {
  const seen = new Set([""]);
  return labels.flatMap((label, item) => {
    const text = label.trim();
    if (seen.has(text)) return [];
    seen.add(text);
    return [{ text, item }];
  });
}

function inspectLabels(labels: readonly Label[], locate: LocatePullRequest): readonly Diagnostic[] {
  const tooLong = labels.filter(({ text }) => Array.from(text).length > LONGEST_LABEL);
  const tooMany = labels.length > MOST_LABELS ? [tooManyLabels(labels.length)] : [];
  return [
    ...tooLong.flatMap(({ text, item }) => locate("pullRequestLabels", [longLabel(text)], item)),
    ...locate("pullRequestLabels", tooMany),
  ];
}

function longLabel(text: string): Diagnostic {
  const start = Array.from(text).slice(0, 40).join("");
  return invalid(`the label "${start}…" is longer than ${LONGEST_LABEL} characters; shorten it`);
}

function tooManyLabels(count: number): Diagnostic {
  return invalid(`there are ${count} labels; set at most ${MOST_LABELS}`);
}

function wrongForges(forges: readonly ForgeKind[]): Diagnostic {
  const set = forges.length === 0 ? "no forge is set" : `${forges.join(" and ")} are set`;
  return invalid(`${set}; set exactly one of ${FORGES.join(", ")}, as github: {}`);
}

function invalid(message: string): Diagnostic {
  return { severity: "error", code: "invalid-pull-request", where: {}, message };
}
