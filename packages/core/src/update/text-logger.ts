import type { Clock } from "../ports/clock.js";
import type { LogFields, Logger } from "../ports/logger.js";
import { quoteText } from "@image-updater/go-template";

/** A level of the text form, least important first. */
export type LogLevel = "debug" | "info" | "warning" | "error";

const LEVELS: readonly LogLevel[] = ["debug", "info", "warning", "error"];

/** Settings of {@link createTextLogger}. */
export interface TextLoggerSettings {
  /** Gets each line, without a line break. */
  readonly write: (line: string) => void;
  readonly clock: Pick<Clock, "now">;
  /** Lines below it are dropped. Default `info`. */
  readonly level?: LogLevel | undefined;
}

/** A logger in Argo CD Image Updater's text form: `time="…" level=info msg="…" application=…`. */
export function createTextLogger({ write, clock, level = "info" }: TextLoggerSettings): Logger {
  const least = LEVELS.indexOf(level);
  const at =
    (lineLevel: LogLevel) =>
    (fields: LogFields, message: string): void => {
      if (LEVELS.indexOf(lineLevel) < least) return;
      write(formatLogLine(clock.now(), lineLevel, fields, message));
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warning"),
    error: at("error"),
    isLevelEnabled: (asked) => LEVELS.indexOf(asked) >= least,
  };
}

/** One line in logfmt, as logrus writes it: time, level and message, then the fields by name. */
export function formatLogLine(
  time: Date,
  level: LogLevel,
  fields: LogFields,
  message: string,
): string {
  const seconds = `${time.toISOString().slice(0, 19)}Z`;
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `${key}=${quoteIfNeeded(String(value))}`);
  return [`time="${seconds}"`, `level=${level}`, `msg=${quoteIfNeeded(message)}`, ...rest].join(
    " ",
  );
}

/** logrus leaves a value bare when it is made of these characters, and also when it is empty. */
function quoteIfNeeded(value: string): string {
  return /^[A-Za-z0-9\-._/@^+]*$/u.test(value) ? value : quoteText(value, false);
}
