const MIB = 1024 * 1024;

/** Most bytes that are read of each kind of answer. */
export interface BodyLimits {
  readonly manifest: number;
  readonly config: number;
  readonly token: number;
  readonly tagsPage: number;
  /** An error's body is cut here instead of refused: its status says enough. */
  readonly error: number;
}

/** A manifest has twice the 4 MiB that the distribution specification asks clients to expect. */
export const bodyLimits: BodyLimits = {
  manifest: 8 * MIB,
  config: 4 * MIB,
  token: 128 * 1024,
  tagsPage: 32 * MIB,
  error: 64 * 1024,
};
