import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseRegistriesConf } from "../../src/config/registries-conf.js";
import { resolveRegistry } from "../../src/config/resolve-registry.js";
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

/** A certificate that nobody has the key of. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUPp6OVY5LqATxXQU5MAwA8PotpGIwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMjAxMDA1MDA5WhgPMjEy
NjExMDcwMDUwMDlaMBkxFzAVBgNVBAMMDnRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE2anUwUqvCp1fcMn1eLPobqrH8ErA1DUNjaIom/US
NRLCs8rZNKtKdvF5epPcR3+uphdDLtLipLN2beFOvbM8KqNTMFEwHQYDVR0OBBYE
FAEtd2TZaNgByR+s6QfxBjKySoU7MB8GA1UdIwQYMBaAFAEtd2TZaNgByR+s6Qfx
BjKySoU7MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAO1IDUsX
QegV+FAyUEw1VHMoK475TKjDr/jxUXEFNxzHAiA14lmNWqY+G62rrPZfhOZtTbn9
N0/3wVVvXa0zQwKRRQ==
-----END CERTIFICATE-----
`;

/** An entry `x` for x.test, unless another prefix or address is given. */
function entry(...lines: readonly string[]): string {
  const has = (key: string): boolean => lines.some((line) => line.startsWith(`${key}:`));
  const own = [
    ...(has("api_url") ? [] : ["api_url: https://x.test"]),
    ...(has("prefix") ? [] : ["prefix: x.test"]),
  ];
  return `registries:\n- name: x\n  ${[...own, ...lines].join("\n  ")}\n`;
}

function indented(text: string): string {
  return text.trim().replaceAll("\n", "\n    ");
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
    ${indented(CERTIFICATE)}
  defaultns: library
  limit: 20
  default: true
- {name: 1.0, api_url: "http://harbor.test:8080/base//", prefix: harbor.test/, limit: 0}
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
        caData: CERTIFICATE,
        defaultNamespace: "library",
        requestsPerSecond: 20,
        isDefault: true,
      },
      {
        name: "1.0",
        apiUrl: "http://harbor.test:8080/base",
        prefix: "harbor.test",
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
    [entry("limit: many"), "registries[0].limit", "many"],
    [entry("insecure: maybe"), "registries[0].insecure", "maybe"],
    [entry("prefix: [a, b]"), "registries[0].prefix", "list"],
    [entry("apiurl: https://x"), "registries[0].apiurl", "api_url"],
    [entry("ca_data: nonsense"), "registries[0].ca_data", "BEGIN CERTIFICATE"],
    [
      entry('ca_data: "-----BEGIN CERTIFICATE-----\\n!\\n-----END CERTIFICATE-----"'),
      "registries[0].ca_data",
      "can be read",
    ],
    [entry("crdentials: env:X"), "registries[0].crdentials", 'did you mean "credentials"'],
    ["registries:\n- api_url: https://x\n  prefix: x\n", "registries[0].name", "missing"],
    ["registries:\n- name: x\n  prefix: x\n", "registries[0].api_url", "missing"],
    [entry("api_url: {a: b}"), "registries[0].api_url", "mapping"],
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

  it("that is not a mapping somewhere", () => {
    const { value, diagnostics } = parseRegistriesConf("registries:\n- text\n");
    expect(value).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({ severity: "error", where: { field: "registries[0]" } });
  });
});

describe("parseRegistriesConf loses one entry, not the file,", () => {
  const good = "- {name: y, api_url: 'https://y.test', prefix: y.test}\n";

  it.each([
    ["credentials: secret:ns/n", "credentials", "ns/n"],
    ["credentials: admin:hunter2", "credentials", "no known type"],
    ["credsexpire: 5 minutes", "credsexpire", "5 minutes"],
    ["credsexpire: -5m", "credsexpire", "-5m"],
    ["credsexpire: 1d", "credsexpire", "1d"],
    ["api_url: x.test", "api_url", "x.test"],
    ["api_url: ftp://x.test", "api_url", "ftp"],
    ["api_url: https://x.test?a=1", "api_url", "query"],
    ["api_url: https://user:hunter2@x.test", "api_url", "user information"],
    ["api_url: https://", "api_url", "a host"],
  ])("by %s", (line, key, word) => {
    const { value, diagnostics } = parseRegistriesConf(`${entry(line)}${good}`);
    const field = `registries[0].${key}`;
    expect(diagnostics).toMatchObject([{ severity: "error", where: { field } }]);
    expect(value?.map(({ prefix, problem }) => [prefix, problem !== undefined])).toEqual([
      ["x.test", true],
      ["y.test", false],
    ]);
    expect(value?.[0]?.problem).toBe(diagnostics[0]?.message);
    expect(value?.[0]?.problem).toContain(field);
    expect(value?.[0]?.problem).toContain(word);
    expect(JSON.stringify({ value, diagnostics })).not.toContain("hunter2");
  });

  it("and its images are looked up nowhere else", () => {
    const registries = parseRegistriesConf(
      entry("prefix: docker.io", "credentials: admin:hunter2", "default: true"),
    ).value;
    for (const image of [{ repository: "nginx" }, { registry: "docker.io", repository: "a/b" }]) {
      expect(resolveRegistry(image, registries).endpoint.problem).toContain("credentials");
    }
  });

  it("and says all that is wrong with it", () => {
    const { value } = parseRegistriesConf(entry("credentials: x", "credsexpire: x"));
    expect(value?.[0]?.problem).toMatch(/credentials.*credsexpire/u);
  });
});

describe("parseRegistriesConf reads numbers as Go does", () => {
  it.each([
    ["10", 10],
    ["+10", 10],
    ["010", 8],
    ["0o10", 8],
    ["08", 8],
    ["0x10", 16],
    ["0b101", 5],
    ["1_000", 1000],
    ["2.5", 2],
    ["1e+2", 100],
    ["0", undefined],
    ["-010", undefined],
    ["-1", undefined],
  ])("limit: %s", (text, expected) => {
    const { value, diagnostics } = parseRegistriesConf(entry(`limit: ${text}`));
    expect(diagnostics).toEqual([]);
    expect(value?.[0]?.requestsPerSecond).toBe(expected);
  });

  it.each(["1e2", "ten", "0x", "1 0", "9223372036854775808", "--1", ".", "9".repeat(10_000)])(
    "but not limit: %s",
    (text) => {
      expect(parseRegistriesConf(entry(`limit: "${text}"`)).value).toBeUndefined();
    },
  );

  it("and a bare credsexpire as nanoseconds, with a warning", () => {
    const { value, diagnostics } = parseRegistriesConf(entry("credsexpire: 5_000_000_000"));
    expect(value?.[0]?.credentialsExpireSeconds).toBe(5);
    expect(diagnostics).toMatchObject([
      { severity: "warning", where: { field: "registries[0].credsexpire" } },
    ]);
    expect(parseRegistriesConf(entry("credsexpire: 0")).diagnostics).toEqual([]);
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

  it.each([
    ["https://x.test/v2", "https://x.test"],
    ["https://x.test/v2/", "https://x.test"],
    ["https://x.test/base//v2//", "https://x.test/base"],
  ])("of the address %s, and leaves the version out", (url, expected) => {
    const { value, diagnostics } = parseRegistriesConf(entry(`api_url: ${url}`));
    expect(value?.[0]?.apiUrl).toBe(expected);
    expect(value?.[0]?.problem).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { severity: "warning", where: { field: "registries[0].api_url" } },
    ]);
    expect(diagnostics[0]?.message).toContain("/v2");
  });

  it.each(["https://x.test", "https://x.test/v2x", "https://x.test/v2/base", "https://v2"])(
    "not of the address %s",
    (url) => {
      const { value, diagnostics } = parseRegistriesConf(entry(`api_url: ${url}`));
      expect([value?.[0]?.apiUrl, diagnostics]).toEqual([url, []]);
    },
  );

  it("of an entry without prefix, which serves every image that no other does", () => {
    const yaml = "registries:\n- {name: open, api_url: 'https://reg.test:5000'}\n";
    const { value, diagnostics } = parseRegistriesConf(yaml);
    expect(value).toHaveLength(1);
    expect(diagnostics).toMatchObject([
      { severity: "warning", where: { field: "registries[0].prefix" } },
    ]);
    expect(diagnostics[0]?.message).toContain("reg.test:5000");
  });

  it("not of authorities that a registry without verification does not use", () => {
    expect(parseRegistriesConf(entry("insecure: true", "ca_data: nonsense")).diagnostics).toEqual(
      [],
    );
  });
});
