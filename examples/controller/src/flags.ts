import { parseArgs } from "node:util";
import { FLAGS, type Flag, type FlagName } from "./flag-table.js";

/** What was given: the texts of each setting, the default where nothing was. */
export interface GivenFlags {
  /** The text; of a repeated setting the last one. */
  text(name: FlagName): string;
  texts(name: FlagName): readonly string[];
  /** Whether it was given on the command line or in the environment. */
  isGiven(name: FlagName): boolean;
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Reads the command line, then the environment. `run` may stand in front, as upstream's command.
 *
 * @throws UsageError for a flag that there is none, with the list of those that there are.
 */
export function readFlags(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): GivenFlags {
  const values = parseCommandLine(args);
  const given = (name: FlagName): readonly string[] | undefined => {
    const flag: Flag | undefined = FLAGS.find((candidate) => candidate.name === name);
    const variable = flag?.environment === undefined ? undefined : environment[flag.environment];
    return values.get(name) ?? (variable === undefined || variable === "" ? undefined : [variable]);
  };
  const texts = (name: FlagName): readonly string[] => given(name) ?? [defaultOf(name)];
  return {
    texts,
    text: (name) => texts(name).at(-1) ?? "",
    isGiven: (name) => given(name) !== undefined,
  };
}

/** The list of flags as a person reads it. */
export function formatFlags(): string {
  const lines = FLAGS.map((flag: Flag) => {
    const [variable, preset] = [flag.environment, flag.default].map((text) => text ?? "");
    const notes = [variable, preset === "" ? "" : `default ${preset}`].filter(
      (text) => text !== "",
    );
    return `  --${flag.name.padEnd(28)}${flag.meaning}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
  });
  return ["Flags:", ...lines].join("\n");
}

function defaultOf(name: FlagName): string {
  return FLAGS.find((flag) => flag.name === name)?.default ?? "";
}

function parseCommandLine(args: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const options = Object.fromEntries(
    FLAGS.map(({ name }) => [name, { type: "string", multiple: true } as const]),
  );
  const [first, ...rest] = args;
  try {
    // `--once` and `--once=false` are both right, which node's own switches do not know.
    const completed = (first === "run" ? rest : args).map(completeSwitch);
    const { values } = parseArgs({ args: completed, options, strict: true });
    return new Map(
      Object.entries(values).flatMap(([name, texts]) =>
        Array.isArray(texts) ? [[name, texts.map(String)]] : [],
      ),
    );
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${problem}\n${formatFlags()}`, { cause });
  }
}

function completeSwitch(argument: string): string {
  const isSwitch = FLAGS.some((flag: Flag) => flag.switch && argument === `--${flag.name}`);
  return isSwitch ? `${argument}=true` : argument;
}
