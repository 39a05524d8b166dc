import { describe, expect, it } from "vitest";
import type { RegistryConfig } from "../../src/config/registry-config.js";
import type { Diagnostic } from "../../src/errors/diagnostic.js";
import { application, createWorld, OVERRIDE, type WorldSetup } from "./world.js";

const VALUES = "apps/web/values.yaml";
const annotations = { "write-back-method": "git", "image-list": "app=ghcr.io/team/app:1.x" };
const live = ["ghcr.io/team/app:1.0"];
const registry = { "team/app": ["1.0", "1.1"] };

async function diagnose(
  more: Readonly<Record<string, string>>,
  source: object,
  world: WorldSetup,
): Promise<readonly Diagnostic[]> {
  const { updater } = createWorld({ registry, ...world });
  const app = application({ annotations: { ...annotations, ...more }, source, live });
  const plan = await updater.plan([app]);
  expect(plan.applications[0]?.error).toBeUndefined();
  return plan.applications[0]?.diagnostics ?? [];
}

describe("a Helm parameter that the chart's values do not have", () => {
  const chart = { [VALUES]: "image:\n  name: ghcr.io/team/app\n  tag: '1.0'\n" };
  const misspelled = { "app.helm.image-name": "image.name", "app.helm.image-tag": "image.tga" };

  it("is named, with the file", async () => {
    expect(await diagnose(misspelled, {}, { files: chart })).toEqual([
      {
        severity: "warning",
        code: "parameter-not-in-values",
        where: { file: VALUES, field: "image.tga" },
        message:
          'the chart\'s values have no "image.tga", so setting it may have no effect; name the right one in helm.image-name, helm.image-tag or helm.image-spec',
      },
    ]);
  });

  it.each<readonly [string, Record<string, string>, object, Record<string, string>]>([
    ["it is there", {}, {}, chart],
    ["the chart is not in the repository", misspelled, {}, {}],
  ])("is not spoken of where %s", async (_name, more, source, files) => {
    expect(await diagnose(more, source, { files })).toEqual([]);
  });

  it("is not spoken of where the repository is not the chart's", async () => {
    const repository = "https://git.example.com/team/config.git";
    const more = { ...misspelled, "git-repository": repository };
    const world = { repositories: { [repository]: { main: chart } } };
    expect(await diagnose(more, {}, world)).toEqual([]);
  });

  it("is named for a values file too, where neither file has it", async () => {
    const target = "env/prod.yaml";
    const files = { ...chart, [target]: "image:\n  tga: '1.0'\n" };
    const more = { "write-back-target": `helmvalues:/${target}` };
    // A file that the Application does not read is another problem.
    const source = { helm: { valueFiles: [`/${target}`] } };
    expect(await diagnose({ ...more, ...misspelled }, source, { files })).toEqual([]);
    const found = await diagnose({ ...more, "app.helm.image-tag": "img.tag" }, source, { files });
    expect(found.map(({ where }) => where)).toEqual([
      { file: `${VALUES}, ${target}`, field: "img.tag" },
    ]);
  });
});

describe("parameters of the Application that the override file hides", () => {
  const source = {
    helm: {
      parameters: [
        { name: "image.tag", value: "1.0" },
        { name: "replicas", value: "3" },
        { name: "debug", value: "true" },
      ],
    },
  };

  // What of it is an error stands in other-parameters.test.ts: here the file has a list already.
  const other = "helm:\n  parameters:\n  - name: other\n    value: '4'\n";

  it("are named", async () => {
    expect(await diagnose({}, source, { files: { [OVERRIDE]: other } })).toEqual([
      {
        severity: "warning",
        code: "override-hides-parameters",
        where: { file: OVERRIDE, application: "argocd/web" },
        message:
          "Argo CD takes helm.parameters of the file in place of the Application's, so these of spec.source.helm.parameters have no effect: replicas, debug; list them in the file too, or remove them from the Application",
      },
    ]);
  });

  it("are not, where the file lists them", async () => {
    const listed = "helm:\n  parameters:\n  - name: replicas\n    value: '4'\n";
    const found = await diagnose({}, source, { files: { [OVERRIDE]: listed } });
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringContaining("of spec.source.helm.parameters have no effect: debug;"),
    ]);
  });

  it("are not, where a values file is written", async () => {
    const files = { [VALUES]: "image:\n  name: x\n  tag: '1.0'\n" };
    const helm = { parameters: source.helm.parameters.slice(1) };
    const target = { "write-back-target": "helmvalues" };
    expect(await diagnose(target, { helm }, { files })).toEqual([]);
  });

  it("are named with a reservation in a cycle that does not read the file", async () => {
    const { updater, logger } = createWorld({ registry });
    const app = application({ annotations, source, live });
    await updater.apply(await updater.plan([app], { previews: false }));
    const warnings = logger.entries.filter(({ level }) => level === "warn");
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("have no effect unless the file lists them already:"),
    ]);
  });
});

describe("credentials for a sibling of the image's host", () => {
  const host = "shop-registry-vpc.cn-hangzhou.cr.aliyuncs.com";
  const sibling = "shop-registry.cn-hangzhou.cr.aliyuncs.com";
  const config = (prefix: string): RegistryConfig => ({
    name: "ACR",
    apiUrl: `https://${sibling}`,
    prefix,
    credentials: { kind: "env", variable: "ACR" },
    tagSortMode: "unsorted",
    insecure: false,
    isDefault: false,
  });
  const acr = {
    annotations: { "write-back-method": "git", "image-list": `app=${host}/team/app:1.x` },
    live: [`${host}/team/app:1.0`],
  };

  it.each([
    ["warning", sibling, undefined],
    ["error", sibling, "unauthorized"],
  ] as const)("are a %s (prefix %s, fault %s)", async (severity, prefix, behave) => {
    const { updater } = createWorld({
      registry,
      registryFaults: behave === undefined ? [] : [{ on: "tags", behave }],
      settings: { registriesConf: [config(prefix)] },
    });
    const plan = await updater.plan([application(acr)]);
    expect(plan.applications[0]?.diagnostics).toEqual([
      {
        severity,
        code: "sibling-host-credentials",
        where: { host, image: "app" },
        message: `credentials are configured for ${sibling} but none for ${host}, which the image uses; add an entry with prefix ${host} to registries.conf`,
      },
    ]);
  });

  it.each([
    ["there are some for the host", [config(sibling), config(host)], {}],
    ["an entry without prefix serves it", [{ ...config(sibling), prefix: undefined }], {}],
    ["the image has its own", [config(sibling)], { "app.pull-secret": "pullsecret:argocd/own" }],
    ["the other host is a stranger", [config("registry.example.com")], {}],
  ] as const)("are nothing to speak of where %s", async (_name, registriesConf, more) => {
    const { updater } = createWorld({ registry, settings: { registriesConf } });
    const app = application({ ...acr, annotations: { ...acr.annotations, ...more } });
    const plan = await updater.plan([app]);
    expect(plan.applications[0]?.diagnostics).toEqual([]);
  });
});
