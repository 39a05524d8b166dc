import {
  createUpdater,
  readApplication,
  RegistryError,
  type Application,
  type RegistryClient,
  type TagDetails,
} from "@image-updater/core";
import { createTestClock, inMemoryApplications, inMemoryArgoCd } from "@image-updater/core/testing";
import { ANNOTATION_PREFIX } from "@image-updater/core/conformance";
import { optionalText, record, text, texts } from "../fields.js";
import type { RunCase } from "./area.js";

/** Whole cycles over an Application, through the updater. */
export const cycleAreas: Readonly<Record<string, RunCase>> = {
  "update-cycle": async (input, expected) => {
    const fields = record(input);
    const manifest = manifestOf(fields);
    const { value: application, diagnostics } = readApplication(manifest);
    if (application === undefined) throw new Error(JSON.stringify(diagnostics));
    const applications = inMemoryApplications([manifest]);
    const target = inMemoryArgoCd(applications.client);
    const writes = text(fields["fault"]).match(/commit|write|git/u) === null;
    const updater = createUpdater({
      registries: [registryOf(fields)],
      writeBack: writes ? [target] : [],
      clock: createTestClock(),
    });
    const dryRun = fields["dryRun"] === true;
    const report = await updater.run([application], { dryRun });
    const { imagesSkipped: skipped, ...counters } = report.counters;
    const images = await kustomizeImages(applications.client, application);
    const all = { ...counters, skipped, specKustomizeImages: images, writes: images.at(-1) };
    const names = Object.keys(record(expected));
    return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
  },
};

type Fields = Readonly<Record<string, unknown>>;

function manifestOf(fields: Fields): object {
  const live = texts(fields["live"]);
  const configured = fields["configured"] === undefined ? live : texts(fields["configured"]);
  const [alias = ""] = configured[0]?.includes("=") === true ? configured[0].split("=") : [];
  const annotations = {
    "image-list": configured.join(","),
    "update-strategy": optionalText(fields["strategy"]),
    "allow-tags": optionalText(fields["allowTags"]),
    "ignore-tags":
      fields["ignoreTags"] === undefined ? undefined : texts(fields["ignoreTags"]).join(","),
    "force-update": fields["forceUpdate"] === true ? "true" : undefined,
    "pull-secret": optionalText(fields["pullSecret"]),
    [`${alias}.kustomize.image-name`]: optionalText(fields["kustomizeImageName"]),
  };
  const isHelm = fields["type"] === "helm";
  const source = {
    repoURL: "https://git.example.com/apps.git",
    path: "app",
    ...(isHelm ? { helm: {} } : { kustomize: { images: texts(fields["specKustomizeImages"]) } }),
  };
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name: "app",
      namespace: "argocd",
      resourceVersion: "1",
      annotations: Object.fromEntries(
        Object.entries(annotations).flatMap(([key, value]) =>
          value === undefined ? [] : [[`${ANNOTATION_PREFIX}${key}`, value]],
        ),
      ),
    },
    spec: { source },
    status: { sourceType: isHelm ? "Helm" : "Kustomize", summary: { images: live } },
  };
}

function registryOf(fields: Fields): RegistryClient {
  const tags = texts(fields["registryTags"]);
  const digests = record(fields["digests"] ?? {});
  const fails = text(fields["fault"]).match(/registry|tag|manifest|metadata|client/u) !== null;
  return {
    contract: "registry-client/1",
    serves: () => true,
    listTags: () => (fails ? fault() : Promise.resolve(tags)),
    describeTag(_repository, tag): Promise<TagDetails> {
      if (fails) return fault();
      if (!tags.includes(tag)) return Promise.resolve({ kind: "gone" });
      const created = { at: "2024-01-01T00:00:00Z", source: "image-config" };
      const digest = optionalText(digests[tag]) ?? `sha256:${"0".repeat(64)}`;
      return Promise.resolve({ kind: "image", digest, created, labels: {}, platforms: [] });
    },
    resolveDigest: (_repository, tag) => Promise.resolve(optionalText(digests[tag])),
  };
}

function fault(): Promise<never> {
  const message = "the registry is down";
  return Promise.reject(new RegistryError("unavailable", message, { host: "registry" }));
}

async function kustomizeImages(
  client: ReturnType<typeof inMemoryApplications>["client"],
  application: Application,
): Promise<readonly string[]> {
  const { value } = readApplication(await client.get(application));
  return value?.source.kustomizeImages ?? [];
}
