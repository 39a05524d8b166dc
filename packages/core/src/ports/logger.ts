/** Fields of a log line, in Argo CD Image Updater's names: `application`, `image_name`, … */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Where log lines go; the shape of pino's methods.
 *
 * Only `update/` logs. Never handed a secret. A logger must not throw; what it throws is ignored.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** Optional, as pino has it: whether lines of the level go anywhere. What nobody reads is not made. */
  isLevelEnabled?(level: "debug"): boolean;
}
