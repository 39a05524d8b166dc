import { parseBindAddress, parsePort, type BindAddress } from "./bind-address.js";
import type { FlagName } from "./flag-table.js";
import type { GivenFlags } from "./flags.js";
import { parseDuration } from "./parse-duration.js";

/** Gives texts of flags their types; what is wrong is collected and answered with something harmless. */
export interface FlagReader {
  /** One line for each value that is wrong: the flag, the value, what would be right. */
  readonly problems: readonly string[];
  refuse(name: FlagName, right: string): void;
  optional(name: FlagName): string | undefined;
  switch(name: FlagName): boolean;
  integer(name: FlagName, least: number, most: number): number;
  /** From 0 to 1. */
  fraction(name: FlagName): number;
  /** In milliseconds. */
  duration(name: FlagName): number;
  port(name: FlagName): number;
  address(name: FlagName): BindAddress | "off";
  choice<T extends string>(name: FlagName, choices: readonly [T, ...T[]]): T;
}

const SWITCH_TEXTS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["false", false],
  ["0", false],
  ["no", false],
]);

/** A {@link FlagReader} of what was given. */
export function createFlagReader(flags: GivenFlags): FlagReader {
  const problems: string[] = [];
  const refuse = (name: FlagName, right: string): void => {
    problems.push(`--${name} is ${JSON.stringify(flags.text(name))}; ${right}`);
  };
  function require<T>(name: FlagName, value: T | undefined, harmless: T, right: string): T {
    if (value === undefined) refuse(name, right);
    return value ?? harmless;
  }
  const number = (name: FlagName, least: number, most: number, right: string): number => {
    const text = flags.text(name);
    const value = text === "" ? Number.NaN : Number(text);
    return require(name, value >= least && value <= most ? value : undefined, least, right);
  };
  return {
    problems,
    refuse,
    optional: (name) => flags.text(name) || undefined,
    switch: (name) =>
      require(name, SWITCH_TEXTS.get(flags.text(name).toLowerCase()), false, "write true or false"),
    integer(name, least, most): number {
      const right = `write a whole number from ${least} to ${most}`;
      const value = number(name, least, most, right);
      return require(name, Number.isInteger(value) ? value : undefined, least, right);
    },
    fraction: (name) => number(name, 0, 1, "write a number from 0 to 1"),
    duration: (name) =>
      require(name, parseDuration(flags.text(name)), 0, "write a duration, as 90s, 2m or 1h30m"),
    port: (name) => require(name, parsePort(flags.text(name)), 0, "write a port"),
    address: (name) =>
      require(name, parseBindAddress(flags.text(name)), "off", "write host:port, :port or 0"),
    choice<T extends string>(name: FlagName, choices: readonly [T, ...T[]]): T {
      const found = choices.find((choice) => choice === flags.text(name).toLowerCase());
      return require(name, found, choices[0], `write one of ${choices.join(", ")}`);
    },
  };
}
