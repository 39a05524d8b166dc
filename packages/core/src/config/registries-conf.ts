import { FAILSAFE_SCHEMA, loadAll, mergeTag, nullCoreTag, YAMLException } from "js-yaml";
import { z } from "zod";
import { hasErrors, type Diagnostic, type Parsed } from "../errors/diagnostic.js";
import type { RegistryConfig } from "./registry-config.js";
import { parseRegistryKey } from "./registry-key.js";
import { parseRegistryEntry } from "./registry-entry.js";

/** All scalars stay text, so that a name such as `1.0` or `yes` is kept as it was written. */
const TEXT_SCHEMA = FAILSAFE_SCHEMA.withTags(nullCoreTag, mergeTag);

const fileSchema = z.strictObject({ registries: z.array(z.unknown()).nullish() }).nullish();

/**
 * Reads the text of `registries.conf`, strictly as Argo CD Image Updater does: an unknown setting, a
 * value of a wrong kind or a missing name anywhere, and there is no value. Wrong `credentials`, a wrong
 * `credsexpire` or `api_url` are errors of their entry alone: it stays in the value with its `problem`,
 * and the images it serves are errors. All problems are reported, each with its place, as
 * `registries[1].prefix`.
 */
export function parseRegistriesConf(yaml: string): Parsed<readonly RegistryConfig[]> {
  const { value: entries, diagnostics: fileProblems } = parseFile(yaml);
  if (entries === undefined) return { value: undefined, diagnostics: fileProblems };
  const results = entries.map((entry, index) => parseRegistryEntry(entry, placeOf(index)));
  const registries = results.map(({ value }) => value);
  const clashes = checkUniqueness(registries);
  const isWrong = results.some(({ breaksFile }) => breaksFile) || hasErrors(clashes);
  const diagnostics = [
    ...fileProblems,
    ...results.flatMap((result) => result.diagnostics),
    ...clashes,
    ...(isWrong ? [] : checkReach(registries)),
  ];
  return { value: isWrong ? undefined : registries, diagnostics };
}

function parseFile(yaml: string): Parsed<readonly unknown[]> {
  let documents: readonly unknown[];
  try {
    documents = loadAll(yaml, { schema: TEXT_SCHEMA });
  } catch (error) {
    return { value: undefined, diagnostics: [explainSyntax(error)] };
  }
  const { success, data, error } = fileSchema.safeParse(documents[0]);
  if (success) return { value: data?.registries ?? [], diagnostics: [] };
  return { value: undefined, diagnostics: error.issues.flatMap(explainShape) };
}

function explainSyntax(error: unknown): Diagnostic {
  const isSyntax = error instanceof YAMLException;
  const place = isSyntax && error.mark !== undefined ? ` in line ${error.mark.line + 1}` : "";
  const reason = isSyntax ? error.reason : "it cannot be read";
  return diagnose("error", undefined, `the file is not valid YAML${place}: ${reason}`);
}

function explainShape(issue: z.core.$ZodIssue): readonly Diagnostic[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      diagnose("error", key, `${key} is not a setting; the only one at the top is registries`),
    );
  }
  return issue.path.length === 0
    ? [diagnose("error", undefined, "the file is not a mapping; begin it with registries:")]
    : [diagnose("error", "registries", "registries is not a list; write one entry per registry")];
}

function checkUniqueness(registries: readonly RegistryConfig[]): readonly Diagnostic[] {
  const places = registries.map((registry, index) => ({ registry, place: placeOf(index) }));
  const [defaultEntry, ...otherDefaults] = places.filter(({ registry }) => registry.isDefault);
  const [openEntry, ...otherOpen] = places.filter(({ registry }) => registry.prefix === undefined);
  return [
    ...otherDefaults.map(({ place }) =>
      diagnose(
        "error",
        `${place}.default`,
        `${place}.default is true, as is ${defaultEntry?.place}.default; only one registry can be the default`,
      ),
    ),
    ...otherOpen.map(({ place }) =>
      diagnose(
        "error",
        `${place}.prefix`,
        `${place}.prefix is missing, as is ${openEntry?.place}.prefix; only one registry can do without`,
      ),
    ),
  ];
}

/** Warns of entries that no image ever reaches, and of one that every image may reach. */
function checkReach(registries: readonly RegistryConfig[]): readonly Diagnostic[] {
  return registries.flatMap(({ prefix, apiUrl }, index) => {
    if (prefix === undefined) return [servesAll(index, parseRegistryKey(apiUrl).host)];
    const problem = explainUnreachable(prefix, registries, index);
    const field = `${placeOf(index)}.prefix`;
    return problem === undefined
      ? []
      : [diagnose("warning", field, `${field} is "${prefix}", ${problem}`)];
  });
}

function servesAll(index: number, host: string): Diagnostic {
  const field = `${placeOf(index)}.prefix`;
  const right = host === "" ? "its host" : host;
  const message = `${field} is missing, so the entry serves every image whose registry no other entry names; write ${right} for the images of that host alone`;
  return diagnose("warning", field, message);
}

function explainUnreachable(
  prefix: string,
  registries: readonly RegistryConfig[],
  index: number,
): string | undefined {
  if (prefix.includes("://")) {
    return "which no image begins with; write the registry's host without a scheme";
  }
  const later = registries.findIndex((other, at) => at > index && other.prefix === prefix);
  if (later !== -1) return `as is ${placeOf(later)}.prefix, which comes later and is the one used`;
  const [host = ""] = prefix.split("/");
  const whole = registries.findIndex((other) => host !== prefix && other.prefix === host);
  if (whole === -1) return undefined;
  return `but ${placeOf(whole)} serves all of ${host} and is used instead; give it a path of its own as well`;
}

function placeOf(index: number): string {
  return `registries[${index}]`;
}

function diagnose(
  severity: Diagnostic["severity"],
  field: string | undefined,
  message: string,
): Diagnostic {
  const where = field === undefined ? {} : { field };
  return { severity, code: "invalid-registries-conf", where, message };
}
