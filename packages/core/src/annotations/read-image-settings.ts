import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import type { SettingName } from "../policy/parse-image-policy.js";
import type {
  CommonUpdateSettings,
  HelmTarget,
  ImageSettings,
  ManifestTargets,
} from "../policy/image-settings.js";
import { IMAGE_SETTINGS, SHARED_SETTINGS } from "./annotation-keys.js";
import {
  readApplicationSetting,
  readImageSetting,
  splitList,
  type Annotations,
  type FoundAnnotation,
} from "./read-annotation.js";

/** Settings as text, with the keys they came from. */
export interface AnnotatedSettings<T> {
  readonly settings: T;
  /** The key of each setting that was found. */
  readonly keys: ReadonlyMap<SettingName, string>;
}

type Finder = (setting: string) => FoundAnnotation | undefined;

/** The settings that hold for every image of the application. There is no `platforms` among them. */
export function readCommonSettings(
  annotations: Annotations,
): Parsed<AnnotatedSettings<CommonUpdateSettings>> {
  return readShared((setting) => readApplicationSetting(annotations, setting));
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
  const find: Finder = (setting) => readImageSetting(annotations, alias, setting);
  const shared = readShared(find);
  const targets = readTargets(find);
  if (shared.value === undefined) return { value: undefined, diagnostics: shared.diagnostics };
  const platforms = find(IMAGE_SETTINGS.platforms);
  const common: CommonUpdateSettings = {
    ...shared.value.settings,
    ...(platforms === undefined ? {} : { platforms: splitList(platforms.value) }),
  };
  const keys = new Map(shared.value.keys);
  if (platforms !== undefined) keys.set("platforms", platforms.key);
  if (targets.key !== undefined) keys.set("manifestTargets", targets.key);
  const settings: ImageSettings = {
    alias,
    imageName,
    ...(Object.keys(common).length === 0 ? {} : { commonUpdateSettings: common }),
    ...(targets.value === undefined ? {} : { manifestTargets: targets.value }),
  };
  return { value: { settings, keys }, diagnostics: shared.diagnostics };
}

function readShared(find: Finder): Parsed<AnnotatedSettings<CommonUpdateSettings>> {
  const found = new Map<SettingName, FoundAnnotation>();
  for (const [name, setting] of Object.entries(SHARED_SETTINGS)) {
    const annotation = find(setting);
    if (annotation !== undefined && isSharedName(name)) found.set(name, annotation);
  }
  const keys = new Map([...found].map(([name, { key }]) => [name, key]));
  const forced = found.get("forceUpdate");
  const forceUpdate = forced === undefined ? undefined : parseGoBoolean(forced.value);
  if (forced !== undefined && forceUpdate === undefined) {
    return { value: undefined, diagnostics: [invalidBoolean(forced)] };
  }
  const text = (name: SettingName): string | undefined => found.get(name)?.value;
  const ignoreTags = text("ignoreTags");
  const settings: CommonUpdateSettings = withoutUndefined({
    updateStrategy: text("updateStrategy"),
    forceUpdate,
    allowTags: text("allowTags"),
    ignoreTags: ignoreTags === undefined ? undefined : splitList(ignoreTags),
    pullSecret: text("pullSecret")?.trim(),
  });
  return { value: { settings, keys }, diagnostics: [] };
}

function isSharedName(name: string): name is keyof typeof SHARED_SETTINGS {
  return Object.hasOwn(SHARED_SETTINGS, name);
}

function readTargets(find: Finder): {
  readonly value: ManifestTargets | undefined;
  readonly key: string | undefined;
} {
  const name = find(IMAGE_SETTINGS.helmName);
  const tag = find(IMAGE_SETTINGS.helmTag);
  const spec = find(IMAGE_SETTINGS.helmSpec);
  const kustomize = find(IMAGE_SETTINGS.kustomizeName);
  const helm: HelmTarget = withoutUndefined({
    name: name?.value.trim(),
    tag: tag?.value.trim(),
    spec: spec?.value.trim(),
  });
  const hasHelm = Object.keys(helm).length > 0;
  if (!hasHelm && kustomize === undefined) return { value: undefined, key: undefined };
  const value: ManifestTargets = {
    ...(hasHelm ? { helm } : {}),
    ...(kustomize === undefined ? {} : { kustomize: { name: kustomize.value.trim() } }),
  };
  return { value, key: (kustomize ?? spec ?? tag ?? name)?.key };
}

const TRUE_WORDS: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE_WORDS: ReadonlySet<string> = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** Go's `strconv.ParseBool`. */
function parseGoBoolean(text: string): boolean | undefined {
  if (TRUE_WORDS.has(text)) return true;
  return FALSE_WORDS.has(text) ? false : undefined;
}

function invalidBoolean({ key, value }: FoundAnnotation): Diagnostic {
  const message = `"${value}" is no boolean; write "true" or "false"`;
  return {
    severity: "error",
    code: "invalid-boolean",
    where: { annotation: key, offset: 0, length: value.length },
    message,
  };
}

function withoutUndefined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
