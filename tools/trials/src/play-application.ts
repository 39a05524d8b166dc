import {
  createUpdater,
  parseImageReference,
  parseRegistriesConf,
  readApplication,
  type ApplicationPlan,
  type Diagnostic,
  type ImagePlan,
  type SecretReader,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import {
  inMemoryGit,
  type ImageFixture,
  type GitFixture,
  type InMemoryGit,
} from "@image-updater/core/testing";
import { createOciRegistry, registryCredentials } from "@image-updater/registry-oci";
import { startOciRegistry } from "@image-updater/registry-oci/testing";
import { fieldsOf, textOf } from "./trial.js";
import { startRegistryFront, type FixedAnswer, type TagListAnswers } from "./registry-front.js";

const PREFIX = "argocd-image-updater.argoproj.io/";

/** An Application under care and the world around it. */
export interface Scene {
  /** Without the prefix; one that holds a slash is taken as it is. */
  readonly annotations: Readonly<Record<string, string>>;
  /** `status.summary.images`. */
  readonly live: readonly string[];
  /** Images of the registry by repository path; a plain name is an image of its own. */
  readonly images: Readonly<Record<string, readonly (string | ImageFixture)[]>>;
  readonly lists?: (TagListAnswers & { readonly repository: string }) | undefined;
  readonly fixed?: readonly FixedAnswer[] | undefined;
  /** Default `Kustomize`. */
  readonly type?: "Helm" | "Kustomize" | undefined;
  /** More of the source. */
  readonly source?: Readonly<Record<string, unknown>> | undefined;
  readonly sources?: readonly unknown[] | undefined;
  /** Files of the repository's branch `main`. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** Replaces the entries that lead each image's host to the loopback registry; `{url}` is its URL. */
  readonly registriesConf?: string | undefined;
  readonly secrets?: SecretReader | undefined;
}

/** What came of a scene. */
export interface Played {
  readonly plan: ApplicationPlan;
  readonly image: ImagePlan | undefined;
  /** Of the Application, its images and registries.conf, each once. */
  readonly diagnostics: readonly Diagnostic[];
  readonly git: InMemoryGit;
  /** Written in the cycle after the plan, by path. */
  readonly written: readonly string[];
  readonly updated: number;
  readonly errors: number;
  /** What the registry was asked, with queries. */
  readonly requests: readonly string[];
  /** What the registry was shown as credentials. */
  readonly credentials: readonly string[];
}

export const REPOSITORY = "https://git.example/o/r";

/** Plans and runs one Application against a registry on loopback and a repository in memory. */
export async function playApplication(scene: Scene): Promise<Played> {
  const fixture = Object.fromEntries(
    Object.entries(scene.images).map(([path, images]) => [path, images.map(toFixture)]),
  );
  const registry = await startOciRegistry({ fixture });
  const front = await startRegistryFront({ ...scene, backend: registry.url });
  try {
    return await play(scene, front);
  } finally {
    await Promise.all([front.close(), registry.close()]);
  }
}

async function play(
  scene: Scene,
  front: { url: string; requests: readonly string[]; credentials: readonly string[] },
): Promise<Played> {
  const conf = parseRegistriesConf(confOf(scene, front.url));
  const application = readApplication(manifestOf(scene));
  const git = inMemoryGit({ repositories: repositoriesOf(scene) });
  const registries = conf.value ?? [];
  const updater = createUpdater({
    registriesConf: registries,
    registries: [
      createOciRegistry({
        registriesConf: registries,
        retries: 0,
        credentials: registryCredentials({ registriesConf: registries, secrets: scene.secrets }),
      }),
    ],
    writeBack: [git],
    clock: systemClock(),
  });
  const applications = application.value === undefined ? [] : [application.value];
  const plan = (await updater.plan(applications)).applications[0];
  if (plan === undefined) {
    const said = application.diagnostics.map(({ message }) => message).join("; ");
    throw new Error(`the application cannot be read: ${said}`);
  }
  const report = await updater.run(applications);
  const image = plan.images[0];
  return {
    plan,
    image,
    diagnostics: uniqueDiagnostics([
      ...conf.diagnostics,
      ...application.diagnostics,
      ...plan.diagnostics,
      ...plan.images.flatMap(({ decision }) => decision.diagnostics),
    ]),
    git,
    written: git.commits.flatMap(({ paths }) => paths),
    updated: report.counters.imagesUpdated,
    errors: report.counters.errors,
    requests: front.requests,
    credentials: front.credentials,
  };
}

/** The repository under each URL that the Application has for it, with every branch that it names. */
function repositoriesOf({ sources = [], files = {}, annotations }: Scene): GitFixture {
  const named = sources.map((source) => fieldsOf(source));
  const urls = [
    ...named.map(({ repoURL }) => textOf(repoURL)),
    annotations["git-repository"] ?? "",
  ];
  const branches = ["main", ...named.map(({ targetRevision }) => textOf(targetRevision, "main"))];
  const repository = Object.fromEntries(branches.map((branch) => [branch, files]));
  return Object.fromEntries([REPOSITORY, ...urls].map((url) => [url, repository]));
}

/** In a sentence: what was decided for the first image and what was said about it. */
export function describe({ image, diagnostics, plan, written }: Played): string {
  const decided =
    image === undefined ? "no image" : `${image.decision.outcome} ${image.decision.tag ?? ""}`;
  const reason = image === undefined ? "" : ` (${image.decision.reason.code})`;
  const said = diagnostics.map(({ severity, code }) => `${severity} ${code}`).join(", ");
  const error = plan.error === undefined ? "" : `; error ${plan.error.code}`;
  const files = written.length === 0 ? "" : `; wrote ${written.join(", ")}`;
  return `${decided.trim()}${reason}; ${said === "" ? "no diagnostic" : said}${error}${files}`;
}

function toFixture(image: string | ImageFixture, index: number): ImageFixture {
  if (typeof image !== "string") return image;
  // Each is built a day after the one before it, so that newest-build has something to go by.
  const created = new Date(Date.UTC(2024, 0, 1 + index)).toISOString();
  return { tag: image, created, content: image };
}

function confOf({ registriesConf, annotations, live }: Scene, url: string): string {
  if (registriesConf !== undefined)
    return registriesConf
      .replaceAll("{url}", url)
      .replaceAll("{https}", url.replace("http:", "https:"));
  const list = annotations["image-list"] ?? "";
  const names = [...list.split(",").map((entry) => entry.split("=").at(-1) ?? ""), ...live];
  const hosts = new Set(names.map((name) => hostOf(name.trim())));
  const entries = [...hosts].map(
    (host) =>
      `- name: ${host}\n  prefix: ${host}\n  api_url: ${url}\n${host === "docker.io" ? "  default: true\n  defaultns: library\n" : ""}`,
  );
  return `registries:\n${entries.join("")}`;
}

function hostOf(text: string): string {
  return parseImageReference(text.split("@")[0] ?? text).value?.registry ?? "docker.io";
}

function manifestOf(scene: Scene): unknown {
  const { annotations, live, type = "Kustomize", source, sources } = scene;
  const all = { "write-back-method": "git", ...annotations };
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name: "shop",
      namespace: "argocd",
      annotations: Object.fromEntries(
        Object.entries(all).map(([key, value]) => [
          key.includes("/") ? key : `${PREFIX}${key}`,
          value,
        ]),
      ),
    },
    spec: {
      project: "default",
      ...(sources === undefined
        ? { source: { repoURL: REPOSITORY, path: "k", targetRevision: "main", ...source } }
        : { sources }),
    },
    status: {
      ...(sources === undefined ? { sourceType: type } : { sourceTypes: sources.map(() => type) }),
      summary: { images: live },
    },
  };
}

function uniqueDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((diagnostic) => {
    const key = JSON.stringify(diagnostic);
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}
