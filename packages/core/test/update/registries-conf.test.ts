import { describe, expect, it } from "vitest";
import { parseRegistriesConf } from "../../src/config/registries-conf.js";
import type { RegistryConfig } from "../../src/config/registry-config.js";
import type { ImagePlan } from "../../src/update/plan.js";
import { application, counters, createWorld } from "./world.js";

const tags = ["1.0", "1.1"];
const registry = { "team/app": tags, "team/other": tags, "library/nginx": tags };

function config(...entries: readonly string[]): readonly RegistryConfig[] {
  const { value } = parseRegistriesConf(
    `registries:\n${entries.map((one) => `- ${one}\n`).join("")}`,
  );
  if (value === undefined) throw new Error("the file is refused");
  return value;
}

async function planOf(
  image: string,
  registriesConf: readonly RegistryConfig[],
): Promise<{ readonly image: ImagePlan | undefined; readonly calls: number }> {
  const world = createWorld({ registry, settings: { registriesConf } });
  const one = application({
    annotations: { "write-back-method": "git", "image-list": `a=${image}:1.x` },
    live: [`${image}:1.0`],
  });
  const plan = await world.updater.plan([one]);
  return { image: plan.applications[0]?.images[0], calls: world.registry.calls.length };
}

describe("an entry of registries.conf that cannot be used", () => {
  const broken = [
    "{name: bad, api_url: 'https://x.test', prefix: x.test, credentials: nonsense}",
    "{name: bad, api_url: 'https://x.test', prefix: x.test, credsexpire: soon}",
    "{name: bad, api_url: 'x.test', prefix: x.test}",
    "{name: bad, api_url: 'https://x.test', prefix: docker.io, default: true, credentials: a}",
    "{name: bad, api_url: 'ftp://x.test'}",
  ];

  it.each(broken)("costs the images it serves and no request: %s", async (entry) => {
    const image = entry.includes("docker.io") ? "nginx" : "x.test/team/app";
    const { image: planned, calls } = await planOf(image, config(entry));
    expect(planned?.decision).toMatchObject({
      outcome: "error",
      reason: { code: "facts-failed", error: { code: "no-registry" } },
    });
    expect(planned?.decision.reason).toMatchObject({
      error: { message: expect.stringContaining("registries[0]") as string },
    });
    expect(calls).toBe(0);
  });

  it("does not cost the others", async () => {
    const world = createWorld({
      registry,
      settings: {
        registriesConf: config(
          "{name: bad, api_url: 'https://x.test', prefix: x.test, credentials: nonsense}",
          "{name: good, api_url: 'https://y.test', prefix: y.test}",
        ),
      },
    });
    const report = await world.updater.run([
      application({
        annotations: {
          "write-back-method": "git",
          "image-list": "a=x.test/team/app:1.x, b=y.test/team/other:1.x",
          "a.helm.image-tag": "a.tag",
          "b.helm.image-tag": "b.tag",
        },
        live: ["x.test/team/app:1.0", "y.test/team/other:1.0"],
      }),
    ]);
    expect(report.counters).toEqual(counters(1, 2, 0, 1, 1));
  });
});

describe("an image whose registry has no entry", () => {
  it.each([
    ["python-local.artifactory.example/team/app", "artifactory.example"],
    ["artifactory.example/team/app", "python-local.artifactory.example"],
    ["x.example.com:443/team/app", "x.example.com"],
    ["x.example.com/team/app", "x.example.com:5000"],
    ["harbor.example.com/team/app", "habror.example.com"],
    ["harbor.example.com/team/app", "harbour.example.com"],
    ["x.example.com/team/app", "x.example.com/teams"],
  ])("hints for %s at the entry %s", async (image, prefix) => {
    const entries = config(`{name: near, api_url: 'https://near.test', prefix: '${prefix}'}`);
    const world = createWorld({ registry, settings: { registriesConf: entries } });
    const one = application({
      annotations: { "image-list": `a=${image}:1.x` },
      live: [`${image}:1.0`],
    });
    const { applications } = await world.updater.plan([one]);
    expect(applications[0]?.diagnostics).toMatchObject([
      { severity: "info", code: "near-registry-entry", where: { host: image.split("/")[0] } },
    ]);
    expect(applications[0]?.diagnostics[0]?.message).toContain(`"${prefix}"`);
  });

  it.each([
    ["ghcr.io/team/app", "gcr.io"],
    ["registry1.example.com/team/app", "registry2.example.com"],
    ["quay.io/team/app", "docker.io"],
    ["a.example.com/team/app", "b.example.com"],
    ["nginx", "x.docker.io"],
  ])("says nothing for %s of the entry %s", async (image, prefix) => {
    const entries = config(`{name: far, api_url: 'https://far.test', prefix: '${prefix}'}`);
    const world = createWorld({ registry, settings: { registriesConf: entries } });
    const one = application({
      annotations: { "image-list": `a=${image}:1.x` },
      live: [`${image}:1.0`],
    });
    const { applications } = await world.updater.plan([one]);
    expect(applications[0]?.diagnostics).toEqual([]);
  });
});
