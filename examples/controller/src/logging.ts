import { createTextLogger, type Clock, type LogFields, type Logger } from "@image-updater/core";
import { pino } from "pino";

/** `text` is upstream's default form. */
export type LogFormat = "text" | "json";

/** The least important level that is logged, by the names that upstream takes. */
export type LogThreshold = "trace" | "debug" | "info" | "warn" | "warning" | "error";

/** Settings of {@link createLogger}. */
export interface LoggerSettings {
  readonly level: LogThreshold;
  readonly format: LogFormat;
  /** Gets each line, without a line break. */
  readonly write: (line: string) => void;
  readonly clock: Pick<Clock, "now">;
}

/** A logger whose lines look like upstream's: `time`, `level`, `msg`, and the fields by their names. */
export function createLogger({ level, format, write, clock }: LoggerSettings): Logger {
  if (format === "text") return createTextLogger({ write, clock, level: textLevel(level) });
  return pino(
    {
      level: level === "warning" ? "warn" : level,
      base: null,
      messageKey: "msg",
      timestamp: () => `,"time":"${clock.now().toISOString()}"`,
      formatters: { level: (label) => ({ level: label === "warn" ? "warning" : label }) },
    },
    { write: (line: string) => write(line.trimEnd()) },
  );
}

function textLevel(level: LogThreshold): "debug" | "info" | "warning" | "error" {
  if (level === "trace") return "debug";
  return level === "warn" ? "warning" : level;
}

/** The same logger with more fields, told by the fields that a line has. */
export function withFields(logger: Logger, more: (fields: LogFields) => LogFields): Logger {
  const at =
    (level: "debug" | "info" | "warn" | "error") =>
    (fields: LogFields, message: string): void => {
      logger[level]({ ...more(fields), ...fields }, message);
    };
  const isLevelEnabled = (level: "debug"): boolean => logger.isLevelEnabled?.(level) !== false;
  const methods = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  return { ...methods, isLevelEnabled };
}

/** So long the same text is not said again. */
const SAID_FOR_MS = 600_000;

/** As many texts are remembered. */
const REMEMBERED = 100;

/** Says an error's text, and the same one again only after ten minutes. */
export function sayOnceInAWhile(
  clock: Pick<Clock, "now">,
  say: (text: string) => void,
): (error: unknown) => void {
  const said = new Map<string, number>();
  return (error) => {
    const text = String(error);
    const now = clock.now().getTime();
    if (now - (said.get(text) ?? Number.NEGATIVE_INFINITY) < SAID_FOR_MS) return;
    said.delete(text);
    said.set(text, now);
    const [oldest] = said.keys();
    if (said.size > REMEMBERED && oldest !== undefined) said.delete(oldest);
    say(text);
  };
}

/** The same logger with every line at debug, for work that is only practised. */
export function quietened(logger: Logger): Logger {
  const debug = (fields: LogFields, message: string): void => logger.debug(fields, message);
  return { debug, info: debug, warn: debug, error: debug };
}
