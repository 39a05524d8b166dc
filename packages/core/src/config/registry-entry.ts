import { z } from "zod";
import type { Diagnostic, DiagnosticSeverity } from "../errors/diagnostic.js";
import { didYouMean, quoteText } from "../errors/wording.js";
import { parseGoDuration } from "./go-duration.js";
import { findPemProblem } from "./pem-certificates.js";
import { parseYamlInteger } from "./yaml-integer.js";
import { parseCredentialReference } from "./parse-credential-reference.js";
import type { RegistryConfig, TagSortMode } from "./registry-config.js";

const text = z.string().nullish();

const entrySchema = z.strictObject({
  name: text,
  api_url: text,
  prefix: text,
  ping: text,
  credentials: text,
  credsexpire: text,
  tagsortmode: text,
  insecure: text,
  ca_file: text,
  ca_data: text,
  defaultns: text,
  limit: text,
  default: text,
});

type EntryKey = keyof z.infer<typeof entrySchema>;

const KEYS: readonly string[] = Object.keys(entrySchema.shape);

const TAG_SORT_MODES: ReadonlyMap<string, TagSortMode> = new Map<string, TagSortMode>([
  ["latest-first", "latest-first"],
  ["latest-last", "latest-last"],
  ["none", "unsorted"],
  ["", "unsorted"],
]);

/** The sort mode a word of `tagsortmode` means, in any case; `undefined` for an unknown word. */
export function parseTagSortMode(word: string): TagSortMode | undefined {
  return TAG_SORT_MODES.get(word.toLowerCase());
}

/** An entry as it was read. */
export interface ReadEntry {
  /** There even beside errors, so that entries can be compared. */
  readonly value: RegistryConfig;
  readonly diagnostics: readonly Diagnostic[];
  /** Whether an error makes the whole file wrong, as in Argo CD Image Updater, and not this entry alone. */
  readonly breaksFile: boolean;
}

/**
 * Reads one entry of `registries`, all of whose scalars are text. `place` is the entry's own path, as
 * `registries[1]`.
 */
export function parseRegistryEntry(entry: unknown, place: string): ReadEntry {
  const fields = createFieldReader(entry, place);
  const apiUrl = readApiUrl(fields);
  const credentials = readCredentials(fields);
  const limit = fields.read(
    "limit",
    parseYamlInteger,
    "write a whole number of requests per second",
  );
  const expiry = readExpiry(fields);
  const tagSortMode = fields.read(
    "tagsortmode",
    parseTagSortMode,
    "write latest-first, latest-last or none",
  );
  const value: RegistryConfig = {
    name: fields.require("name", "give the registry a label"),
    apiUrl,
    prefix: nonEmpty(trimSlashes(fields.text("prefix") ?? "")),
    ping: fields.flag("ping"),
    credentials,
    credentialsExpireSeconds: positive(expiry),
    tagSortMode: tagSortMode ?? "unsorted",
    insecure: fields.flag("insecure") ?? false,
    caFile: fields.text("ca_file"),
    caData: fields.text("ca_data"),
    defaultNamespace: nonEmpty(fields.text("defaultns")?.replaceAll(/^\/+|(?<!\/)\/+$/g, "")),
    requestsPerSecond: positive(limit),
    isDefault: fields.flag("default") ?? false,
  };
  if (!value.insecure) checkAuthorities(fields);
  const { diagnostics, lost } = fields;
  const breaksFile = diagnostics.some(
    (found) => found.severity === "error" && !lost.includes(found),
  );
  const problem = lost.map(({ message }) => message).join("; ");
  return { value: problem === "" ? value : { ...value, problem }, diagnostics, breaksFile };
}

interface FieldReader {
  readonly diagnostics: Diagnostic[];
  /** The errors among them that lose this entry alone. */
  readonly lost: Diagnostic[];
  /** The field's text; absent, null and empty are all `undefined`. */
  text(key: EntryKey): string | undefined;
  flag(key: EntryKey): boolean | undefined;
  read<T>(key: EntryKey, parse: (value: string) => T | undefined, advice: string): T | undefined;
  /** The field's text; "" and a noted problem when there is none. */
  require(key: EntryKey, advice: string): string;
  refuse(key: EntryKey, problem: string, severity?: DiagnosticSeverity): void;
  /** Refuses the entry alone: Argo CD Image Updater sees the fault when it looks up an image, too. */
  lose(key: EntryKey, problem: string): void;
}

function createFieldReader(entry: unknown, place: string): FieldReader {
  const diagnostics = checkShape(entry, place);
  const isMapping = typeof entry === "object" && entry !== null;
  const known: ReadonlyMap<string, unknown> = new Map(isMapping ? Object.entries(entry) : []);
  const lost: Diagnostic[] = [];
  const reader: FieldReader = {
    diagnostics,
    lost,
    text(key) {
      const value = known.get(key);
      return typeof value === "string" && value !== "" ? value : undefined;
    },
    flag: (key) => reader.read(key, parseBoolean, "write true or false"),
    read(key, parse, advice) {
      const value = reader.text(key);
      const result = value === undefined ? undefined : parse(value);
      if (value !== undefined && result === undefined) {
        reader.refuse(key, `is ${quoteText(value)}; ${advice}`);
      }
      return result;
    },
    require(key, advice) {
      const value = reader.text(key);
      const noted = [place, `${place}.${key}`];
      const isNoted = diagnostics.some(({ where }) => noted.includes(where.field ?? ""));
      if (value === undefined && !isNoted) reader.refuse(key, `is missing; ${advice}`);
      return value ?? "";
    },
    refuse(key, problem, severity = "error") {
      diagnostics.push({ ...invalid(`${place}.${key}`, problem), severity });
    },
    lose(key, problem) {
      const found = invalid(`${place}.${key}`, problem);
      diagnostics.push(found);
      lost.push(found);
    },
  };
  return reader;
}

function checkShape(entry: unknown, place: string): Diagnostic[] {
  const { error } = entrySchema.safeParse(entry);
  return error === undefined ? [] : error.issues.flatMap((issue) => explain(issue, place));
}

function explain(issue: z.core.$ZodIssue, place: string): readonly Diagnostic[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const right = `the settings are ${KEYS.join(", ")}${didYouMean(key, KEYS)}`;
      return invalid(`${place}.${key}`, `is not a setting of a registry; ${right}`);
    });
  }
  const [key] = issue.path;
  return key === undefined
    ? [invalid(place, `is not a mapping; write name, api_url and the other settings under it`)]
    : [invalid(`${place}.${String(key)}`, "is a list or a mapping; write a single value")];
}

function readApiUrl(fields: FieldReader): string {
  const url = fields.require("api_url", "write the registry's base URL, as https://ghcr.io");
  const [, scheme, rest] = /^(https?):\/\/([^\s/?#@]+(?:\/[^\s?#@]*)?)$/i.exec(url) ?? [];
  if (scheme !== undefined && rest !== undefined) {
    return `${scheme.toLowerCase()}://${withoutVersion(trimSlashes(rest), fields)}`;
  }
  const shown = url.includes("@") ? "holds user information" : `is ${quoteText(url)}`;
  const advice = "write http:// or https://, a host and at most a path, without user or query";
  if (url !== "") fields.lose("api_url", `${shown}; ${advice}`);
  return "";
}

/** Every request adds `/v2`; nobody serves it below another one. */
function withoutVersion(address: string, fields: FieldReader): string {
  const segments = address.split("/");
  if (segments.length === 1 || segments.at(-1) !== "v2") return address;
  const rest = trimSlashes(segments.slice(0, -1).join("/"));
  const advice = `it is left out here, since every request adds it; write the address without`;
  fields.refuse("api_url", `ends in /v2; ${advice}`, "warning");
  return rest;
}

/** Without slashes at the end; no expression, which would look for each run of slashes anew. */
function trimSlashes(address: string): string {
  let end = address.length;
  while (address.charAt(end - 1) === "/") end -= 1;
  return address.slice(0, end);
}

function readCredentials(fields: FieldReader): RegistryConfig["credentials"] {
  const reference = fields.text("credentials");
  if (reference === undefined) return undefined;
  const { value, diagnostics } = parseCredentialReference(reference);
  for (const { severity, message } of diagnostics) {
    if (severity === "error") fields.lose("credentials", `cannot be used: ${message}`);
    else fields.refuse("credentials", `cannot be used: ${message}`, severity);
  }
  return value;
}

/** A bare number is one of nanoseconds, as wherever Go reads a duration as a number. */
function readExpiry(fields: FieldReader): number | undefined {
  const written = fields.text("credsexpire");
  if (written === undefined) return undefined;
  const nanoseconds = parseYamlInteger(written);
  const seconds = nanoseconds === undefined ? parseGoDuration(written) : nanoseconds / 1e9;
  const advice = "write a Go duration, as 30m or 1h15m";
  if (seconds === undefined || seconds < 0) {
    fields.lose("credsexpire", `is ${quoteText(written)}; ${advice}`);
    return undefined;
  }
  if (nanoseconds !== undefined && nanoseconds !== 0) {
    fields.refuse("credsexpire", `is ${quoteText(written)} nanoseconds; ${advice}`, "warning");
  }
  return seconds;
}

function checkAuthorities(fields: FieldReader): void {
  const problem = findPemProblem(fields.text("ca_data"));
  if (problem === undefined) return;
  fields.refuse("ca_data", `${problem}; write the certificates as PEM, below ca_data: |`);
}

/** The spellings that Go's YAML library takes where a boolean is wanted. */
function parseBoolean(value: string): boolean | undefined {
  if (/^(?:true|True|TRUE|y|Y|yes|Yes|YES|on|On|ON)$/.test(value)) return true;
  if (/^(?:false|False|FALSE|n|N|no|No|NO|off|Off|OFF)$/.test(value)) return false;
  return undefined;
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function positive(value: number | undefined): number | undefined {
  return value === undefined || value <= 0 ? undefined : value;
}

function invalid(field: string, problem: string): Diagnostic {
  return {
    severity: "error",
    code: "invalid-registries-conf",
    where: { field },
    message: `${field} ${problem}`,
  };
}
