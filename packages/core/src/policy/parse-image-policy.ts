import { parseCredentialReference } from "../config/parse-credential-reference.js";
import type { CredentialReference } from "../config/credential-reference.js";
import {
  hasErrors,
  type Diagnostic,
  type DiagnosticLocation,
  type Parsed,
} from "../errors/diagnostic.js";
import { parseTrackedImage, type TrackedImage } from "../image/image-list.js";
import { parsePlatform } from "../image/platform.js";
import { builtInStrategies } from "../strategy/built-in-strategies.js";
import { findStrategy } from "../strategy/find-strategy.js";
import type { UpdateStrategy } from "../strategy/update-strategy.js";
import { parseTagFilter } from "../tags/parse-tag-filter.js";
import type { ImagePolicy } from "./image-policy.js";
import type { CommonUpdateSettings, ImageSettings, ManifestTargets } from "./image-settings.js";

/** A setting by its name in {@link ImageSettings}, so that a diagnostic can say where it was written. */
export type SettingName = keyof CommonUpdateSettings | "imageName" | "manifestTargets";

/** How image settings are understood. */
export interface ImagePolicyOptions {
  /** Strategies besides the built-in ones. */
  readonly strategies?: readonly UpdateStrategy[] | undefined;
  /** Namespace of the Application; secrets of another one are reported. */
  readonly applicationNamespace?: string | undefined;
  /** Makes an unknown strategy an error of its image, not a fall-back to semver. */
  readonly strict?: boolean | undefined;
  /** Says where a setting was written. */
  readonly locate?: ((setting: SettingName) => DiagnosticLocation) | undefined;
}

/**
 * Parses the settings of one image.
 *
 * The value is undefined when the image cannot be cared for: an unreadable reference, targets that
 * exclude each other, or, when `strict`, an unknown strategy. Everything else that is wrong keeps
 * Argo CD Image Updater's meaning and gives a diagnostic.
 */
export function parseImagePolicy(
  settings: ImageSettings,
  options: ImagePolicyOptions = {},
): Parsed<ImagePolicy> {
  const tracked = parseTrackedImage(imageText(settings));
  const common = settings.commonUpdateSettings ?? {};
  const filter = parseTagFilter({
    ...(common.allowTags === undefined ? {} : { allowTags: common.allowTags }),
    ...(common.ignoreTags === undefined ? {} : { ignoreTags: common.ignoreTags }),
  });
  const chosen = chooseStrategy(common.updateStrategy, options);
  const secret = readPullSecret(common.pullSecret, options.applicationNamespace);
  const constraint = tracked.value?.constraint;
  const inspected = chosen.strategy.inspect?.({ constraint }) ?? [];
  const located = (setting: SettingName, found: readonly Diagnostic[]): readonly Diagnostic[] =>
    found.map((diagnostic) => relocate(diagnostic, settings, options.locate?.(setting)));
  const diagnostics = [
    ...located("imageName", [...tracked.diagnostics, ...inspected]),
    ...located("updateStrategy", chosen.diagnostics),
    ...located("allowTags", filter.diagnostics.filter(isAboutPattern)),
    ...located(
      "ignoreTags",
      filter.diagnostics.filter((found) => !isAboutPattern(found)),
    ),
    ...located("platforms", common.platforms?.flatMap((p) => parsePlatform(p).diagnostics) ?? []),
    ...located("pullSecret", secret.diagnostics),
    ...located("manifestTargets", conflictingTargets(settings.manifestTargets)),
  ];
  const unusable =
    hasErrors(chosen.diagnostics) || conflictingTargets(settings.manifestTargets).length > 0;
  if (tracked.value === undefined || filter.value === undefined || unusable) {
    return { value: undefined, diagnostics };
  }
  const value: ImagePolicy = {
    ...trackedFields(tracked.value, settings.alias),
    strategy: chosen.strategy,
    ...(chosen.unknown === undefined ? {} : { unknownStrategy: chosen.unknown }),
    tags: filter.value,
    platforms: common.platforms ?? [],
    forceUpdate: common.forceUpdate ?? false,
    ...(secret.value === undefined ? {} : { pullSecret: secret.value }),
    targets: settings.manifestTargets ?? {},
  };
  return { value, diagnostics };
}

function imageText(settings: ImageSettings): string {
  return settings.alias === "" ? settings.imageName : `${settings.alias}=${settings.imageName}`;
}

function trackedFields(
  tracked: TrackedImage,
  alias: string,
): Pick<ImagePolicy, "alias" | "image" | "constraint"> {
  return {
    ...(alias === "" ? {} : { alias }),
    image: tracked.image,
    ...(tracked.constraint === undefined ? {} : { constraint: tracked.constraint }),
  };
}

function chooseStrategy(
  text: string | undefined,
  { strategies = [], strict = false }: ImagePolicyOptions,
): {
  readonly strategy: UpdateStrategy;
  readonly unknown?: string;
  readonly diagnostics: readonly Diagnostic[];
} {
  const found = findStrategy(text ?? "semver", strategies);
  if (found.unknownName !== undefined) {
    const known = [...builtInStrategies, ...strategies].map((strategy) => strategy.name);
    const message = `unknown update strategy "${found.unknownName}"; known ones are ${known.join(", ")}`;
    const severity = strict ? "error" : "warning";
    const fallback = strict ? message : `${message}; using ${found.strategy.name}`;
    const diagnostic: Diagnostic = {
      severity,
      code: "unknown-strategy",
      where: {},
      message: fallback,
    };
    return { strategy: found.strategy, unknown: found.unknownName, diagnostics: [diagnostic] };
  }
  if (found.deprecatedName === undefined) return { strategy: found.strategy, diagnostics: [] };
  const message = `update strategy "${found.deprecatedName}" is deprecated; write "${found.strategy.name}"`;
  return {
    strategy: found.strategy,
    diagnostics: [{ severity: "warning", code: "deprecated-value", where: {}, message }],
  };
}

function readPullSecret(
  text: string | undefined,
  applicationNamespace: string | undefined,
): Parsed<CredentialReference> {
  if (text === undefined) return { value: undefined, diagnostics: [] };
  const parsed = parseCredentialReference(text);
  const namespace = secretNamespace(parsed.value);
  const foreign =
    applicationNamespace !== undefined &&
    namespace !== undefined &&
    namespace !== applicationNamespace;
  if (!foreign) return parsed;
  const message = `the secret is in namespace "${namespace}"; an Application may only use secrets of its own namespace "${applicationNamespace}"`;
  const diagnostic: Diagnostic = {
    severity: "error",
    code: "foreign-secret-namespace",
    where: {},
    message,
  };
  return { value: parsed.value, diagnostics: [...parsed.diagnostics, diagnostic] };
}

/** Namespace of the secret a reference names; `undefined` when it names none. */
export function secretNamespace(reference: CredentialReference | undefined): string | undefined {
  const isSecret = reference?.kind === "secret" || reference?.kind === "pullsecret";
  return isSecret ? reference.namespace : undefined;
}

function conflictingTargets(targets: ManifestTargets | undefined): readonly Diagnostic[] {
  const set = (["helm", "kustomize", "plugin"] as const).filter(
    (kind) => targets?.[kind] !== undefined,
  );
  if (set.length < 2) return [];
  const message = `${set.join(" and ")} targets are set for one image; keep exactly one of them`;
  return [{ severity: "error", code: "conflicting-targets", where: {}, message }];
}

function isAboutPattern(diagnostic: Diagnostic): boolean {
  return diagnostic.code !== "invalid-glob";
}

function relocate(
  diagnostic: Diagnostic,
  settings: ImageSettings,
  where: DiagnosticLocation | undefined,
): Diagnostic {
  const image = settings.alias === "" ? settings.imageName : settings.alias;
  return { ...diagnostic, where: { ...diagnostic.where, image, ...where } };
}
