import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import { didYouMean, quoteText } from "../errors/wording.js";

/** What an image runs on, in the words of the OCI image specification. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/**
 * Reads `os/architecture[/variant]`; an empty variant is none. Words that images do not have are read as
 * they stand, as in Argo CD Image Updater, with a warning that says what to write.
 */
export function parsePlatform(text: string): Parsed<Platform> {
  const value = readPlatform(text);
  if (value !== undefined) return { value, diagnostics: remarkOn(value, text) };
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

function readPlatform(text: string): Platform | undefined {
  const [os = "", architecture = "", variant = "", ...rest] = text.trim().split("/");
  if (os === "" || architecture === "" || rest.length > 0) return undefined;
  return variant === "" ? { os, architecture } : { os, architecture, variant };
}

/** Words of `uname`, Debian and rpm for what images call otherwise. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["x86_64", "amd64"],
  ["x86-64", "amd64"],
  ["x64", "amd64"],
  ["aarch64", "arm64"],
  ["armv8", "arm64"],
  ["armv7", "arm/v7"],
  ["armv7l", "arm/v7"],
  ["armhf", "arm/v7"],
  ["armv6", "arm/v6"],
  ["armv6l", "arm/v6"],
  ["armel", "arm/v6"],
  ["i386", "386"],
  ["i686", "386"],
  ["x86", "386"],
  ["powerpc64le", "ppc64le"],
  ["ppc64el", "ppc64le"],
  ["loongarch64", "loong64"],
  ["macos", "darwin"],
  ["win", "windows"],
]);

// The OCI image specification takes these words from Go's GOOS and GOARCH.
const SYSTEMS = new Set(
  "aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris unknown wasip1 windows".split(
    " ",
  ),
);
const ARCHITECTURES = new Set(
  "386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x unknown wasm".split(
    " ",
  ),
);

function remarkOn({ os, architecture, variant }: Platform, text: string): readonly Diagnostic[] {
  const advice = /\s/u.test(text.trim())
    ? "holds blanks; separate platforms with commas"
    : (adviseOnWord("operating system", os, SYSTEMS) ??
      adviseOnWord("architecture", architecture, ARCHITECTURES) ??
      adviseOnVariant(os, architecture, variant));
  if (advice === undefined) return [];
  return [
    {
      severity: "warning",
      code: "unknown-platform",
      where: { offset: 0, length: text.length },
      message: `the platform ${quoteText(text)} ${advice}`,
    },
  ];
}

function adviseOnWord(what: string, word: string, known: ReadonlySet<string>): string | undefined {
  if (known.has(word)) return undefined;
  const lower = word.toLowerCase();
  const other = known.has(lower) ? lower : OTHER_NAMES.get(lower);
  const remedy = other === undefined ? didYouMean(word, known) : `; write ${quoteText(other)}`;
  return `names the ${what} ${quoteText(word)}, which images do not have${remedy}`;
}

/** Most images for 64-bit Arm name no variant, and a wanted variant takes only itself. */
function adviseOnVariant(
  os: string,
  architecture: string,
  variant: string | undefined,
): string | undefined {
  if (architecture !== "arm64" || variant !== "v8") return undefined;
  return `takes only images that name the variant v8, which most do not; write ${quoteText(`${os}/arm64`)}, which takes both`;
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
 * only itself, and text that is not a platform matches nothing.
 */
export function platformMatches(wanted: string, have: string): boolean {
  const want = readPlatform(wanted);
  const found = readPlatform(have);
  if (want === undefined || found === undefined) return false;
  if (want.os !== found.os || want.architecture !== found.architecture) return false;
  return want.variant === undefined || want.variant === found.variant;
}
