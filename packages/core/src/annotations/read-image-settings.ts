import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import { quoteText } from "../errors/wording.js";
import type { SettingName } from "../policy/parse-image-policy.js";
import type {
  CommonUpdateSettings,
  HelmTarget,
  ImageSettings,
  ManifestTargets,
} from "../policy/image-settings.js";
import { IMAGE_SETTINGS, SHARED_SETTINGS } from "./annotation-keys.js";
import type { FoundSetting } from "./locate-setting.js";
import {
  itemsOf,
  readApplicationSetting,
  readImageSetting,
  type Annotations,
  type FoundAnnotation,
} from "./read-annotation.js";

/** Settings as text, with the annotations they came from. */
export interface AnnotatedSettings<T> {
  readonly settings: T;
  /** The annotation of each setting that was found. */
  readonly found: ReadonlyMap<SettingName, FoundSetting>;
}

/** Looks a setting up by its word. */
export type FindSetting = (setting: string) => FoundAnnotation | undefined;

/**
 * The settings that hold for every image of the application. There is no `platforms` among them.
 *
 * The value is undefined when one of them is wrong in a way that Argo CD Image Updater refuses.
 */
export function readCommonSettings(
  annotations: Annotations,
): Parsed<AnnotatedSettings<CommonUpdateSettings>> {
  const { diagnostics, ...value } = readSharedSettings((setting) =>
    readApplicationSetting(annotations, setting),
  );
  return { value: diagnostics.length > 0 ? undefined : value, diagnostics };
}

/** What the annotations of one alias say, for whatever image has it. */
export type AliasSettings = Parsed<AnnotatedSettings<Omit<ImageSettings, "imageName">>>;

/** Reads the settings of an alias, each alias once. */
export function createAliasReader(annotations: Annotations): (alias: string) => AliasSettings {
  const known = new Map<string, AliasSettings>();
  return (alias) => {
    const settings = known.get(alias) ?? readAliasSettings(annotations, alias);
    known.set(alias, settings);
    return settings;
  };
}

/**
 * The settings of one image, without those of the whole application.
 *
 * The value is undefined when one of them is wrong in a way that Argo CD Image Updater refuses.
 */
export function readImageSettings(
  annotations: Annotations,
  alias: string,
  imageName: string,
): Parsed<AnnotatedSettings<ImageSettings>> {
  const { value, diagnostics } = readAliasSettings(annotations, alias);
  if (value === undefined) return { value, diagnostics };
  return { value: { ...value, settings: { ...value.settings, imageName } }, diagnostics };
}

function readAliasSettings(annotations: Annotations, alias: string): AliasSettings {
  const find: FindSetting = (setting) => readImageSetting(annotations, alias, setting);
  const { diagnostics, ...shared } = readSharedSettings(find);
  if (diagnostics.length > 0) return { value: undefined, diagnostics };
  const platforms = find(IMAGE_SETTINGS.platforms);
  const wanted = platforms && itemsOf(platforms).filter(({ text }) => text !== "");
  const targets = readTargets(find);
  const found = new Map(shared.found);
  if (platforms !== undefined) found.set("platforms", { ...platforms, items: wanted });
  const common: CommonUpdateSettings = {
    ...shared.settings,
    ...(wanted === undefined || wanted.length === 0 ? {} : { platforms: textsOf(wanted) }),
  };
  const settings: Omit<ImageSettings, "imageName"> = {
    alias,
    ...(Object.values(common).every(isAbsent) ? {} : { commonUpdateSettings: common }),
    ...(targets === undefined ? {} : { manifestTargets: targets.value }),
  };
  if (targets !== undefined) found.set("manifestTargets", targets.found);
  return { value: { settings, found }, diagnostics };
}

/** The settings that exist at both levels; one that cannot be read is left out, with an error. */
export function readSharedSettings(
  find: FindSetting,
): AnnotatedSettings<CommonUpdateSettings> & { readonly diagnostics: readonly Diagnostic[] } {
  const found = new Map<SettingName, FoundSetting>();
  const text = (name: keyof typeof SHARED_SETTINGS): string | undefined => {
    const annotation = find(SHARED_SETTINGS[name]);
    if (annotation !== undefined) found.set(name, annotation);
    return annotation?.value;
  };
  const forced = text("forceUpdate");
  text("ignoreTags");
  const ignored = found.get("ignoreTags");
  const items = ignored && itemsOf(ignored);
  if (ignored !== undefined) found.set("ignoreTags", { ...ignored, items });
  const settings: CommonUpdateSettings = {
    updateStrategy: text("updateStrategy"),
    forceUpdate: parseGoBoolean(forced),
    allowTags: text("allowTags"),
    ignoreTags: items && textsOf(items),
    pullSecret: text("pullSecret"),
  };
  const isWrong = forced !== undefined && settings.forceUpdate === undefined;
  const annotation = found.get("forceUpdate");
  const diagnostics = isWrong && annotation !== undefined ? [invalidBoolean(annotation)] : [];
  return { settings, found, diagnostics };
}

function textsOf(items: readonly { readonly text: string }[]): readonly string[] {
  return items.map(({ text }) => text);
}

function isAbsent(value: unknown): boolean {
  return value === undefined;
}

/** The manifest targets, and one of the annotations that ask for them. */
function readTargets(
  find: FindSetting,
): { readonly value: ManifestTargets; readonly found: FoundAnnotation } | undefined {
  const name = find(IMAGE_SETTINGS.helmName);
  const tag = find(IMAGE_SETTINGS.helmTag);
  const spec = find(IMAGE_SETTINGS.helmSpec);
  const kustomize = find(IMAGE_SETTINGS.kustomizeName);
  const inHelm = spec ?? tag ?? name;
  const found = kustomize ?? inHelm;
  if (found === undefined) return undefined;
  const helm: HelmTarget = {
    ...(name === undefined ? {} : { name: name.value }),
    ...(tag === undefined ? {} : { tag: tag.value }),
    ...(spec === undefined ? {} : { spec: spec.value }),
  };
  const value: ManifestTargets = {
    ...(inHelm === undefined ? {} : { helm }),
    ...(kustomize === undefined ? {} : { kustomize: { name: kustomize.value } }),
  };
  return { value, found };
}

const TRUE_WORDS: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE_WORDS: ReadonlySet<string> = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** Go's `strconv.ParseBool`. */
function parseGoBoolean(text = ""): boolean | undefined {
  if (TRUE_WORDS.has(text)) return true;
  return FALSE_WORDS.has(text) ? false : undefined;
}

function invalidBoolean({ key, value, offset }: FoundAnnotation): Diagnostic {
  const message = `${quoteText(value)} is not a boolean; write "true" or "false"`;
  const where = { annotation: key, offset, length: value.length };
  return { severity: "error", code: "invalid-boolean", where, message };
}
