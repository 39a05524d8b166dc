/** The prefix of every annotation this SDK shares with Argo CD Image Updater. */
export const ANNOTATION_PREFIX = "argocd-image-updater.argoproj.io/";

/** The annotation that names the images to care for. */
export const IMAGE_LIST_KEY = "argocd-image-updater.argoproj.io/image-list";

/** Settings that can be given for the whole application and, with `<alias>.` before them, per image. */
export const SHARED_SETTINGS = {
  updateStrategy: "update-strategy",
  forceUpdate: "force-update",
  allowTags: "allow-tags",
  ignoreTags: "ignore-tags",
  pullSecret: "pull-secret",
} as const;

/** Settings that exist only with `<alias>.` before them. */
export const IMAGE_SETTINGS = {
  platforms: "platforms",
  tagMatch: "tag-match",
  helmName: "helm.image-name",
  helmTag: "helm.image-tag",
  helmSpec: "helm.image-spec",
  kustomizeName: "kustomize.image-name",
} as const;

/** Settings that exist only for the whole application. */
export const WRITE_BACK_SETTINGS = {
  method: "write-back-method",
  writeBackTarget: "write-back-target",
  branch: "git-branch",
  repository: "git-repository",
} as const;

/** The prefix of the annotations that only this SDK has. */
export const OWN_PREFIX = "image-updater.dev/";

/** Settings that only this SDK has, all of them for the whole application. */
export const OWN_SETTINGS = {
  pullRequest: "pull-request",
  pullRequestLabels: "pull-request-labels",
  source: "source",
  otherParameters: "other-parameters",
} as const;

/** All settings of the whole application but `image-list`, by their words. */
export const APPLICATION_WORDS: ReadonlySet<string> = new Set([
  ...Object.values(SHARED_SETTINGS),
  ...Object.values(WRITE_BACK_SETTINGS),
]);

/** All settings of one image, by the words after `<alias>.`. */
export const IMAGE_WORDS: readonly string[] = [
  ...Object.values(SHARED_SETTINGS),
  ...Object.values(IMAGE_SETTINGS),
];

/** Settings of releases before 0.3 that nobody reads any more, and what took their place. */
export const REMOVED_SETTINGS: Readonly<Record<string, string>> = {
  "image-name": "helm.image-name",
  "image-tag": "helm.image-tag",
  "image-spec": "helm.image-spec",
  sort: "update-strategy",
};

/** The full key of a setting for the whole application. */
export function applicationKey(setting: string): string {
  return `${ANNOTATION_PREFIX}${setting}`;
}

/** The full key of a setting that only this SDK has. */
export function ownKey(setting: string): string {
  return `${OWN_PREFIX}${setting}`;
}

/**
 * The full keys of a setting for one image, the one that wins first.
 *
 * Releases before 1.0 wrote `/` in an alias as `_` in the key; both spellings are read.
 */
export function imageKeys(alias: string, setting: string): readonly string[] {
  const spellings = new Set([alias, alias.replaceAll("/", "_")]);
  return [...spellings].map((spelling) => `${ANNOTATION_PREFIX}${spelling}.${setting}`);
}
