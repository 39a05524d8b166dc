import { readFileSync } from "node:fs";

/** One trouble report: what goes in, what is right, and what happened when it was found. */
export interface Trial {
  readonly id: string;
  /** `kind` of a trial about writing, `area` of one about choosing. */
  readonly family: string;
  readonly input: unknown;
  /** The whole entry, for fields that only some families have. */
  readonly entry: Readonly<Record<string, unknown>>;
  readonly expected: string;
  /** What happened when the trial was written down. */
  readonly happened: string;
}

/** What happens now. */
export interface Finding {
  readonly right: boolean;
  readonly now: string;
}

/** Plays a trial. One that throws is wrong, with the error as what happens. */
export type Check = (trial: Trial) => Finding | Promise<Finding>;

/** Checks by the id of a trial. */
export type Checks = Readonly<Record<string, Check>>;

/**
 * Reads a file of trials.
 *
 * @throws TypeError when it is not a list of trials with an id.
 */
export function readTrials(path: string | URL): readonly Trial[] {
  const data: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!Array.isArray(data)) throw new TypeError(`${String(path)}: not a list of trials`);
  return data.map((entry: unknown) => toTrial(fieldsOf(entry), String(path)));
}

/** An object as fields; anything else has none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** Text, or a list of texts, as a list; anything else is empty. */
export function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === "string");
}

/** The text of a field; `fallback` where it holds none. */
export function textOf(value: unknown, fallback = ""): string {
  return typeof value === "string" ? value : fallback;
}

function toTrial(entry: Readonly<Record<string, unknown>>, path: string): Trial {
  const id = textOf(entry["id"]);
  if (id === "") throw new TypeError(`${path}: a trial has no id`);
  return {
    id,
    family: textOf(entry["kind"], textOf(entry["area"], "unknown")),
    input: entry["input"],
    entry,
    expected: textOf(entry["expected"]),
    happened: textOf(entry["actual"]),
  };
}
