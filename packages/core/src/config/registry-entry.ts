import { z } from "zod";
import type { Diagnostic, DiagnosticSeverity, Parsed } from "../errors/diagnostic.js";
import { didYouMean, quoteText } from "../errors/wording.js";
import { parseGoDuration } from "./go-duration.js";
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

/**
 * Reads one entry of `registries`, all of whose scalars are text. `place` is the entry's own path, as
 * `registries[1]`. The value is there even beside errors, so that entries can be compared.
 */
export function parseRegistryEntry(entry: unknown, place: string): Parsed<RegistryConfig> {
  const fields = createFieldReader(entry, place);
  const apiUrl = readApiUrl(fields);
  const credentials = readCredentials(fields);
  const limit = fields.read("limit", parseInteger, "write a whole number of requests per second");
  const expiry = fields.read("credsexpire", parseExpiry, "write a Go duration, as 30m or 1h15m");
  const tagSortMode = fields.read(
    "tagsortmode",
    parseTagSortMode,
    "write latest-first, latest-last or none",
  );
  const value: RegistryConfig = {
    name: fields.require("name", "give the registry a label"),
    apiUrl,
    prefix: nonEmpty(fields.text("prefix")?.replace(/\/+$/, "")),
    ping: fields.flag("ping"),
    credentials,
    credentialsExpireSeconds: positive(expiry),
    tagSortMode: tagSortMode ?? "unsorted",
    insecure: fields.flag("insecure") ?? false,
    caFile: fields.text("ca_file"),
    caData: fields.text("ca_data"),
    defaultNamespace: nonEmpty(fields.text("defaultns")?.replaceAll(/^\/+|\/+$/g, "")),
    requestsPerSecond: positive(limit),
    isDefault: fields.flag("default") ?? false,
  };
  return { value, diagnostics: fields.diagnostics };
}

interface FieldReader {
  readonly diagnostics: Diagnostic[];
  /** The field's text; absent, null and empty are all `undefined`. */
  text(key: EntryKey): string | undefined;
  flag(key: EntryKey): boolean | undefined;
  read<T>(key: EntryKey, parse: (value: string) => T | undefined, advice: string): T | undefined;
  /** The field's text; "" and a noted problem when there is none. */
  require(key: EntryKey, advice: string): string;
  refuse(key: EntryKey, problem: string, severity?: DiagnosticSeverity): void;
}

function createFieldReader(entry: unknown, place: string): FieldReader {
  const diagnostics = checkShape(entry, place);
  const isMapping = typeof entry === "object" && entry !== null;
  const known: ReadonlyMap<string, unknown> = new Map(isMapping ? Object.entries(entry) : []);
  const reader: FieldReader = {
    diagnostics,
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
    return `${scheme.toLowerCase()}://${rest.replace(/\/+$/, "")}`;
  }
  const shown = url.includes("@") ? "holds user information" : `is ${quoteText(url)}`;
  const advice = "write http:// or https://, a host and at most a path, without user or query";
  if (url !== "") fields.refuse("api_url", `${shown}; ${advice}`);
  return "";
}

function readCredentials(fields: FieldReader): RegistryConfig["credentials"] {
  const reference = fields.text("credentials");
  if (reference === undefined) return undefined;
  const { value, diagnostics } = parseCredentialReference(reference);
  for (const { severity, message } of diagnostics) {
    fields.refuse("credentials", `cannot be used: ${message}`, severity);
  }
  return value;
}

/** The spellings that Go's YAML library takes where a boolean is wanted. */
function parseBoolean(value: string): boolean | undefined {
  if (/^(?:true|True|TRUE|y|Y|yes|Yes|YES|on|On|ON)$/.test(value)) return true;
  if (/^(?:false|False|FALSE|n|N|no|No|NO|off|Off|OFF)$/.test(value)) return false;
  return undefined;
}

function parseInteger(value: string): number | undefined {
  return /^[-+]?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function parseExpiry(value: string): number | undefined {
  const seconds = parseGoDuration(value);
  return seconds === undefined || seconds < 0 ? undefined : seconds;
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
