import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseRegistriesConf } from "../../src/config/registries-conf.js";
import { parseTagSortMode } from "../../src/config/registry-entry.js";

interface Vector {
  readonly id: string;
  readonly area: string;
  readonly input: string;
  readonly expected: string;
}

const vectors = (
  JSON.parse(
    readFileSync(new URL("../../../../test/vectors/upstream.json", import.meta.url), "utf8"),
  ) as Vector[]
).filter(({ area }) => area === "tagsortmode");

it.each(vectors)("tagsortmode agrees with Argo CD Image Updater: $id", ({ input, expected }) => {
  expect(parseTagSortMode(input)).toBe(expected);
});

function entry(...lines: readonly string[]): string {
  return `registries:\n- name: x\n  api_url: https://x.test\n  ${lines.join("\n  ")}\n`;
}

describe("parseRegistriesConf reads", () => {
  it("every setting", () => {
    const yaml = `
registries:
- name: Docker Hub
  api_url: HTTPS://registry-1.docker.io/
  prefix: docker.io
  ping: yes
  credentials: secret:argocd/hub#creds
  credsexpire: 1h30m
  tagsortmode: Latest-First
  insecure: no
  ca_file: /certs/ca.pem
  ca_data: |
    PEM
  defaultns: library
  limit: 20
  default: true
- {name: 1.0, api_url: "http://harbor.test:8080/base//", limit: 0}
`;
    const { value, diagnostics } = parseRegistriesConf(yaml);
    expect(diagnostics).toEqual([]);
    expect(value).toEqual([
      {
        name: "Docker Hub",
        apiUrl: "https://registry-1.docker.io",
        prefix: "docker.io",
        ping: true,
        credentials: { kind: "secret", namespace: "argocd", name: "hub", field: "creds" },
        credentialsExpireSeconds: 5400,
        tagSortMode: "latest-first",
        insecure: false,
        caFile: "/certs/ca.pem",
        caData: "PEM\n",
        defaultNamespace: "library",
        requestsPerSecond: 20,
        isDefault: true,
      },
      {
        name: "1.0",
        apiUrl: "http://harbor.test:8080/base",
        tagSortMode: "unsorted",
        insecure: false,
        isDefault: false,
      },
    ]);
  });

  it.each(["", "# nothing\n", "---\n", "registries:\n", "registries: []\n", "{}"])(
    "no registries in %j",
    (yaml) => {
      expect(parseRegistriesConf(yaml)).toEqual({ value: [], diagnostics: [] });
    },
  );

  it.each(["yes", "Yes", "on", "ON", "y", "true", "True", '"yes"'])("%s as true", (word) => {
    expect(parseRegistriesConf(entry(`insecure: ${word}`)).value?.[0]?.insecure).toBe(true);
  });

  it.each(["no", "OFF", "n", "false", "FALSE", "", "~"])("%j as false", (word) => {
    expect(parseRegistriesConf(entry(`insecure: ${word}`)).value?.[0]?.insecure).toBe(false);
  });

  it("anchors and merge keys", () => {
    const yaml =
      "registries:\n- &a {name: a, api_url: 'https://a.test', prefix: a.test}\n- {<<: *a, prefix: b.test}\n";
    expect(parseRegistriesConf(yaml).value?.map(({ prefix }) => prefix)).toEqual([
      "a.test",
      "b.test",
    ]);
  });
});

describe("parseRegistriesConf refuses the whole file", () => {
  it.each([
    [entry("tagsortmode: unsorted"), "registries[0].tagsortmode", "unsorted"],
    [entry("credsexpire: 5"), "registries[0].credsexpire", "5"],
    [entry("credsexpire: -5m"), "registries[0].credsexpire", "-5m"],
    [entry("limit: many"), "registries[0].limit", "many"],
    [entry("limit: 2.5"), "registries[0].limit", "2.5"],
    [entry("insecure: maybe"), "registries[0].insecure", "maybe"],
    [entry("credentials: secret:ns/n"), "registries[0].credentials", "ns/n"],
    [entry("prefix: [a, b]"), "registries[0].prefix", "list"],
    [entry("apiurl: https://x"), "registries[0].apiurl", "api_url"],
    ["registries:\n- api_url: https://x\n", "registries[0].name", "missing"],
    ["registries:\n- name: x\n", "registries[0].api_url", "missing"],
    ["registries:\n- name: x\n  api_url: x.test\n", "registries[0].api_url", "x.test"],
    ["registries:\n- name: x\n  api_url: https://x.test?a=1\n", "registries[0].api_url", "query"],
    ["registries:\n- name: x\n  api_url: ftp://x.test\n", "registries[0].api_url", "ftp"],
    ["registries:\n- name: x\n  api_url: {a: b}\n", "registries[0].api_url", "mapping"],
    ["registries:\n- text\n", "registries[0]", "mapping"],
    ["registries: text\n", "registries", "list"],
    ["registry: []\n", "registry", "registries"],
    ["- name: x\n", undefined, "registries:"],
    ["registries: [", undefined, "line 1"],
    ["registries: []\nregistries: []\n", undefined, "line 2"],
  ])("%j because of %s", (yaml, field, word) => {
    const { value, diagnostics } = parseRegistriesConf(yaml);
    expect(value).toBeUndefined();
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ severity: "error", code: "invalid-registries-conf" });
    expect(diagnostics[0]?.where.field).toBe(field);
    expect(diagnostics[0]?.message).toContain(word);
  });

  it("with two defaults, with two entries without prefix, and says all at once", () => {
    const yaml = `registries:
- {name: a, api_url: "https://a.test", default: true, tagsortmode: x}
- {name: b, api_url: "https://b.test", default: true, unknown: 1}
`;
    const { value, diagnostics } = parseRegistriesConf(yaml);
    expect(value).toBeUndefined();
    expect(diagnostics.map(({ where }) => where.field)).toEqual([
      "registries[0].tagsortmode",
      "registries[1].unknown",
      "registries[1].default",
      "registries[1].prefix",
    ]);
  });

  it.each([
    "registries:\n- {name: x, api_url: 'https://user:hunter2@x.test'}\n",
    entry("credentials: admin:hunter2"),
  ])("without repeating a secret", (yaml) => {
    const { value, diagnostics } = parseRegistriesConf(yaml);
    expect(value).toBeUndefined();
    expect(JSON.stringify(diagnostics)).not.toContain("hunter2");
  });
});

describe("parseRegistriesConf warns", () => {
  it.each([
    ["https://x.test", "scheme"],
    ["y.test/team", "registries[1]"],
  ])("of the prefix %s, which nothing reaches", (prefix, word) => {
    const yaml = `${entry(`prefix: ${prefix}`)}- {name: y, api_url: "https://y.test", prefix: y.test}\n`;
    const { value, diagnostics } = parseRegistriesConf(yaml);
    expect(value).toHaveLength(2);
    expect(diagnostics).toMatchObject([
      { severity: "warning", where: { field: "registries[0].prefix" } },
    ]);
    expect(diagnostics[0]?.message).toContain(word);
  });

  it("of a script that is not named absolutely", () => {
    const { value, diagnostics } = parseRegistriesConf(entry("credentials: ext:login.sh"));
    expect(value).toHaveLength(1);
    expect(diagnostics).toMatchObject([
      { severity: "warning", where: { field: "registries[0].credentials" } },
    ]);
  });

  it("of a prefix written twice", () => {
    const yaml = `${entry("prefix: y.test")}- {name: y, api_url: "https://y.test", prefix: y.test}\n`;
    expect(parseRegistriesConf(yaml).diagnostics).toHaveLength(1);
  });
});
