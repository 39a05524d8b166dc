import type { Parsed } from "../errors/diagnostic.js";

/** What an image runs on, in the words of the OCI image specification. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** Reads `os/architecture[/variant]`; an empty variant is none. */
export function parsePlatform(text: string): Parsed<Platform> {
  const [os = "", architecture = "", variant = "", ...rest] = text.trim().split("/");
  if (os !== "" && architecture !== "" && rest.length === 0) {
    const value = variant === "" ? { os, architecture } : { os, architecture, variant };
    return { value, diagnostics: [] };
  }
  const message = `"${text}" is not a platform; write os/architecture or os/architecture/variant, as linux/arm64/v8`;
  return {
    value: undefined,
    diagnostics: [
      {
        severity: "error",
        code: "invalid-platform",
        where: { offset: 0, length: text.length },
        message,
      },
    ],
  };
}

/** The platform as `os/architecture[/variant]`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === undefined || variant === ""
    ? `${os}/${architecture}`
    : `${os}/${architecture}/${variant}`;
}

/**
 * Whether an image of the platform `have` will do for `wanted`, both as `os/architecture[/variant]`.
 *
 * As in Argo CD Image Updater, a wanted platform without variant takes any variant, a wanted variant
 * only itself, and text that is no platform matches nothing.
 */
export function platformMatches(wanted: string, have: string): boolean {
  const { value: want } = parsePlatform(wanted);
  const { value: found } = parsePlatform(have);
  if (want === undefined || found === undefined) return false;
  if (want.os !== found.os || want.architecture !== found.architecture) return false;
  return want.variant === undefined || want.variant === found.variant;
}
