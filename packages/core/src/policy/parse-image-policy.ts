import { parseCredentialReference } from "../config/parse-credential-reference.js";
import type { CredentialReference } from "../config/credential-reference.js";
import {
  hasErrors,
  type Diagnostic,
  type DiagnosticLocation,
  type Parsed,
} from "../errors/diagnostic.js";
import { parseTrackedImage, type TrackedImage } from "../image/image-list.js";
import { createImageReference } from "../image/create-image-reference.js";
import { parseImageReference } from "../image/parse-image-reference.js";
import { parsePlatform } from "../image/platform.js";
import type { UpdateStrategy } from "../strategy/update-strategy.js";
import {
  compileTagFilter,
  createTagFilterCompiler,
  type CompiledTagFilter,
} from "../tags/parse-tag-filter.js";
import { chooseStrategy, inspectConstraint } from "./choose-strategy.js";
import type { ImagePolicy } from "./image-policy.js";
import type {
  CommonUpdateSettings,
  HelmTarget,
  ImageSettings,
  ManifestTargets,
} from "./image-settings.js";
import { parseVerification } from "./parse-verification.js";

/** A setting by its name in {@link ImageSettings}, so that a diagnostic can say where it was written. */
export type SettingName =
  | keyof CommonUpdateSettings
  | "imageName"
  | "manifestTargets"
  | "imagesVerification";

/** How image settings are understood. */
export interface ImagePolicyOptions {
  /** Strategies besides the built-in ones. */
  readonly strategies?: readonly UpdateStrategy[] | undefined;
  /** Namespace of the Application; secrets of another one are reported. */
  readonly applicationNamespace?: string | undefined;
  /** Makes an unknown strategy an error of its image, not a fall-back to semver. */
  readonly strict?: boolean | undefined;
  /**
   * Says where a setting was written, of a list its `item`.
   *
   * The offset is that of the setting's text; a diagnostic's own offset counts from there.
   */
  readonly locate?: ((setting: SettingName, item?: number) => DiagnosticLocation) | undefined;
}

/** What is read and compiled once for all images that have a text in common. */
export interface SharedParsing {
  readonly compileTags: typeof compileTagFilter;
  readonly inspectPlatforms: typeof inspectPlatforms;
}

/** Shares the work among the images of one Application. */
export function createSharedParsing(): SharedParsing {
  const known = new Map<readonly string[], readonly Fault[]>();
  return {
    compileTags: createTagFilterCompiler(),
    inspectPlatforms(platforms) {
      const faults = known.get(platforms) ?? inspectPlatforms(platforms);
      known.set(platforms, faults);
      return faults;
    },
  };
}

/** What became of the settings of an image. */
export interface ParsedPolicy extends Parsed<ImagePolicy> {
  /** Set where there is no value for one reason alone: nobody here knows the strategy. */
  readonly withoutStrategy?: ImagePolicy | undefined;
}

/** The image a policy is for, its name parsed. */
export type PolicySubject = Omit<TrackedImage, "text">;

/**
 * Parses the settings of one image.
 *
 * The value is undefined when the image cannot be cared for: an unreadable reference, targets that
 * exclude each other, verification without a usable key, or, when `strict`, an unknown strategy.
 * Everything else that is wrong keeps
 * Argo CD Image Updater's meaning and gives a diagnostic. A wrong pull secret is an error, and the
 * image is read with the registry's own credentials, as upstream does.
 */
export function parseImagePolicy(
  settings: ImageSettings,
  options: ImagePolicyOptions = {},
): Parsed<ImagePolicy> {
  const { value, diagnostics } = parseImageSettings(settings, options);
  return { value, diagnostics };
}

/** As {@link parseImagePolicy}, with what is left where only the strategy is unknown. */
export function parseImageSettings(
  settings: ImageSettings,
  options: ImagePolicyOptions = {},
): ParsedPolicy {
  const trimmed = trimSettings(settings);
  const { value, diagnostics } = parseSubject(trimmed);
  const policy = parsePolicySettings(value, trimmed, options);
  const located = locateAll(trimmed, options, "imageName", diagnostics);
  return { ...policy, diagnostics: [...located, ...policy.diagnostics] };
}

/**
 * Parses the settings of an image whose name was parsed before, by {@link parseImagePolicy}'s rules.
 *
 * Nothing is said about the name. Without a subject there is no value, but the settings are judged.
 */
export function parsePolicySettings(
  subject: PolicySubject | undefined,
  settings: ImageSettings,
  options: ImagePolicyOptions = {},
  shared: SharedParsing = { compileTags: compileTagFilter, inspectPlatforms },
): ParsedPolicy {
  const { strategies = [], strict = false } = options;
  const common = settings.commonUpdateSettings ?? {};
  const chosen = chooseStrategy(common.updateStrategy, strategies, strict);
  const { filter, ...faults } = shared.compileTags(common);
  const platforms = common.platforms ?? [];
  const secret = readPullSecret(common.pullSecret, options.applicationNamespace);
  const conflicts = conflictingTargets(settings.manifestTargets);
  const verification = parseVerification(settings.imagesVerification);
  const isUsable = !hasErrors([...conflicts, ...verification.diagnostics]);
  const isKnown = !hasErrors(chosen.diagnostics);
  const locate: Locate = (setting, found, item) =>
    locateAll(settings, options, setting, found, item);
  const diagnostics = [
    ...locate("updateStrategy", chosen.diagnostics),
    ...locate("manifestTargets", conflicts),
    ...locate("imagesVerification", verification.diagnostics),
    ...(isUsable && isKnown
      ? locate("imageName", inspectSubject(subject, settings, chosen.strategy))
      : []),
    ...locate("allowTags", faults.allowTags),
    ...locateItems("ignoreTags", faults.ignoreTags, locate),
    ...locateItems("platforms", shared.inspectPlatforms(platforms), locate),
    ...locate("pullSecret", secret.diagnostics),
  ];
  if (subject === undefined || !isUsable) return { value: undefined, diagnostics };
  const alias = settings.alias === "" ? subject.alias : settings.alias;
  const value: ImagePolicy = {
    ...(alias === undefined ? {} : { alias }),
    image: subject.image,
    ...(subject.constraint === undefined ? {} : { constraint: subject.constraint }),
    strategy: chosen.strategy,
    ...(chosen.unknown === undefined ? {} : { unknownStrategy: chosen.unknown }),
    tags: filter,
    platforms,
    forceUpdate: common.forceUpdate ?? false,
    ...(secret.value === undefined ? {} : { pullSecret: secret.value }),
    targets: settings.manifestTargets ?? {},
    ...(verification.value === undefined ? {} : { verification: verification.value }),
  };
  return isKnown
    ? { value, diagnostics }
    : { value: undefined, withoutStrategy: value, diagnostics };
}

/** Without an alias of its own, the name may begin with one, as in `image-list`. */
function parseSubject({ alias, imageName }: ImageSettings): Parsed<PolicySubject> {
  if (alias === "") return parseTrackedImage(imageName);
  const { value, diagnostics } = parseImageReference(imageName);
  if (value === undefined) return { value, diagnostics };
  const { registry, repository, digest, tag, writtenName } = value;
  const image = createImageReference({ registry, repository, digest, writtenName });
  return { value: { image, ...(tag === undefined ? {} : { constraint: tag }) }, diagnostics };
}

type Locate = (
  setting: SettingName,
  found: readonly Diagnostic[],
  item?: number,
) => readonly Diagnostic[];

/** More faults of one list than this say nothing new. */
const MOST_FAULTS = 20;

/** What is wrong with one item of a list. */
type Fault = CompiledTagFilter["ignoreTags"][number];

function inspectPlatforms(platforms: readonly string[]): readonly Fault[] {
  return platforms.flatMap((platform, item) =>
    parsePlatform(platform).diagnostics.map((diagnostic) => ({ item, diagnostic })),
  );
}

function locateItems(
  setting: SettingName,
  faults: readonly Fault[],
  locate: Locate,
): readonly Diagnostic[] {
  return faults
    .slice(0, MOST_FAULTS)
    .flatMap(({ item, diagnostic }) => locate(setting, [diagnostic], item));
}

/**
 * The settings without the blanks and line breaks around them, which YAML's block scalars leave; blank
 * platforms are dropped.
 */
function trimSettings({ alias, imageName, ...settings }: ImageSettings): ImageSettings {
  const { commonUpdateSettings: common, manifestTargets: targets } = settings;
  const trimmed = {
    ...common,
    updateStrategy: common?.updateStrategy?.trim(),
    allowTags: common?.allowTags?.trim(),
    ignoreTags: common?.ignoreTags?.map((pattern) => pattern.trim()),
    pullSecret: common?.pullSecret?.trim(),
    platforms: common?.platforms?.map((word) => word.trim()).filter((word) => word !== ""),
  };
  return {
    ...settings,
    alias: alias.trim(),
    imageName: imageName.trim(),
    ...(common === undefined ? {} : { commonUpdateSettings: trimmed }),
    ...(targets === undefined ? {} : { manifestTargets: trimTargets(targets) }),
  };
}

function trimTargets({ helm, kustomize, plugin }: ManifestTargets): ManifestTargets {
  return {
    ...(helm === undefined ? {} : { helm: trimTarget(helm) }),
    ...(kustomize === undefined ? {} : { kustomize: { name: kustomize.name.trim() } }),
    ...(plugin === undefined ? {} : { plugin: trimTarget(plugin) }),
  };
}

function trimTarget(target: HelmTarget): HelmTarget {
  const entries = Object.entries(target).map(([part, name]: [string, string | undefined]) => [
    part,
    name?.trim(),
  ]);
  return Object.fromEntries(entries.filter(([, name]) => name !== undefined));
}

/** What the strategy says of the constraint, at the constraint's place in the image's name. */
function inspectSubject(
  subject: PolicySubject | undefined,
  { imageName }: ImageSettings,
  strategy: UpdateStrategy,
): readonly Diagnostic[] {
  if (subject === undefined) return [];
  const { constraint = "" } = subject;
  const [named = ""] = imageName.split("@");
  const start = constraint === "" ? 0 : named.trimEnd().length - constraint.length;
  const whole = constraint === "" ? imageName.length : constraint.length;
  return inspectConstraint(strategy, subject.constraint).map((found) => {
    const { offset = 0, length = whole } = found.where;
    return { ...found, where: { ...found.where, offset: start + offset, length } };
  });
}

function readPullSecret(
  text: string | undefined,
  applicationNamespace: string | undefined,
): Parsed<CredentialReference> {
  if (text === undefined) return { value: undefined, diagnostics: [] };
  const where = { offset: 0, length: text.length };
  const parsed = parseCredentialReference(text);
  const located = parsed.diagnostics.map((found) => ({ ...found, where }));
  const namespace = secretNamespace(parsed.value);
  const isForeign =
    applicationNamespace !== undefined &&
    namespace !== undefined &&
    namespace !== applicationNamespace;
  if (!isForeign) return { value: parsed.value, diagnostics: located };
  const message = `the secret is in namespace "${namespace}"; an Application may only use secrets of its own namespace "${applicationNamespace}"`;
  const foreign: Diagnostic = {
    severity: "error",
    code: "foreign-secret-namespace",
    where,
    message,
  };
  return { value: parsed.value, diagnostics: [...located, foreign] };
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

function locateAll(
  { alias, imageName }: ImageSettings,
  options: ImagePolicyOptions,
  setting: SettingName,
  found: readonly Diagnostic[],
  item?: number,
): readonly Diagnostic[] {
  const base = options.locate?.(setting, item) ?? {};
  const image = alias === "" ? imageName : alias;
  return found.map((diagnostic) => {
    const { offset, length } = diagnostic.where;
    const place = offset === undefined ? {} : { offset: offset + (base.offset ?? 0), length };
    return { ...diagnostic, where: { ...diagnostic.where, image, ...base, ...place } };
  });
}
