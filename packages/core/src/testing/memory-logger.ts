import type { LogFields, Logger } from "../ports/logger.js";

/** A log line as it was given. */
export interface LogEntry {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly fields: LogFields;
  readonly message: string;
}

/** A logger that remembers its lines. */
export interface MemoryLogger extends Logger {
  readonly entries: readonly LogEntry[];
}

/** Creates a logger for tests. */
export function createMemoryLogger(): MemoryLogger {
  const entries: LogEntry[] = [];
  const at =
    (level: LogEntry["level"]) =>
    (fields: LogFields, message: string): void => {
      entries.push({ level, fields, message });
    };
  return { entries, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
