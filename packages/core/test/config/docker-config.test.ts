import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDockerConfig } from "../../src/config/docker-config.js";
import type { DockerCredential } from "../../src/config/docker-credential.js";
import {
  findDockerCredential,
  findSiblingHosts,
  type DockerCredentialOptions,
} from "../../src/config/find-docker-credential.js";

interface Vector {
  readonly id: string;
  readonly area: string;
  readonly input: { readonly json: string; readonly registryUrl: string };
  readonly expected: Readonly<Record<string, unknown>>;
}

const vectors = (
  JSON.parse(
    readFileSync(new URL("../../../../test/vectors/upstream.json", import.meta.url), "utf8"),
  ) as Vector[]
).filter(({ area }) => area === "dockerconfigjson");

const FOO_BAR = { username: "foo", password: "bar" };

/** Where upstream is too narrow or too wide: what we say instead. */
const DEVIATIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "dockerconfigjson-005": FOO_BAR,
  "dockerconfigjson-006": FOO_BAR,
  "dockerconfigjson-009": { helper: "x" },
  "dockerconfigjson-010": { error: true },
};

function find(
  config: unknown,
  apiUrl: string,
  more: { readonly host?: string; readonly path?: string } = {},
  options?: DockerCredentialOptions,
): DockerCredential | undefined {
  const { value } = parseDockerConfig(typeof config === "string" ? config : JSON.stringify(config));
  return value && findDockerCredential(value, { apiUrl, ...more }, options);
}

function show(credential: DockerCredential | undefined): Readonly<Record<string, unknown>> {
  if (credential === undefined || credential.kind === "invalid") return { error: true };
  if (credential.kind === "helper") return { helper: credential.helper };
  return credential.kind === "basic"
    ? { username: credential.username, password: credential.password }
    : { [credential.kind]: credential.token };
}

function auth(username: string, password = "bar"): { readonly auth: string } {
  return { auth: btoa(`${username}:${password}`) };
}

describe("docker config lookup agrees with Argo CD Image Updater", () => {
  it.each(vectors)("$id", ({ id, input, expected }) => {
    expect(show(find(input.json, input.registryUrl))).toEqual(DEVIATIONS[id] ?? expected);
  });
});

describe("an entry's credential", () => {
  it.each([
    [{ username: "foo", password: "bar" }, FOO_BAR],
    [{ ...auth("foo"), username: "other", password: "x" }, FOO_BAR],
    [auth("foo", "b:a:r"), { username: "foo", password: "b:a:r" }],
    [auth("foo", "bar\0\0"), FOO_BAR],
    [auth("foo", ""), { username: "foo", password: "" }],
    [{ auth: " Zm9v\nOmJhcg== " }, FOO_BAR],
    [auth("<token>", "t"), { "identity-token": "t" }],
    [{ username: "<token>", password: "t" }, { "identity-token": "t" }],
    [{ ...auth("00000000", ""), identitytoken: "t" }, { "identity-token": "t" }],
    [{ registrytoken: "t" }, { bearer: "t" }],
    [{ ...auth("foo"), email: "a@b", identitytoken: null }, FOO_BAR],
  ])("%j is %j", (entry, expected) => {
    expect(show(find({ auths: { "ghcr.io": entry } }, "https://ghcr.io"))).toEqual(expected);
  });

  it.each([
    [{}],
    [{ auth: 5 }],
    [{ auth: "%%%hunter2" }],
    [{ auth: btoa("hunter2") }],
    [{ auth: btoa(":hunter2") }],
    [{ password: "hunter2" }],
    ["hunter2"],
    [null],
  ])("%j is an error, and no further entry is tried", (entry) => {
    const json = JSON.stringify({
      auths: { "ghcr.io": entry, "https://ghcr.io/v2/": auth("foo") },
    });
    const { value, diagnostics } = parseDockerConfig(json);
    expect(diagnostics).toMatchObject([
      { severity: "error", code: "invalid-docker-config", where: { host: "ghcr.io" } },
    ]);
    expect(JSON.stringify({ value, diagnostics })).not.toContain("hunter2");
    expect(find(json, "https://ghcr.io")).toMatchObject({ kind: "invalid", key: "ghcr.io" });
  });

  it("is found under any colon-free user and any password", () => {
    const user = fc
      .string({ minLength: 1, unit: "grapheme" })
      .filter((text) => !text.includes(":"));
    const password = fc.string({ unit: "grapheme" }).filter((text) => !text.endsWith("\0"));
    fc.assert(
      fc.property(user, password, (username, secret) => {
        const encoded = Buffer.from(`${username}:${secret}`).toString("base64");
        const found = find({ auths: { "ghcr.io": { auth: encoded } } }, "https://ghcr.io");
        expect(show(found)).toEqual(
          username === "<token>" ? { "identity-token": secret } : { username, password: secret },
        );
      }),
    );
  });
});

describe("a key matches", () => {
  it.each([
    ["ghcr.io", "https://ghcr.io"],
    ["https://ghcr.io", "https://ghcr.io/"],
    ["http://ghcr.io/v1/", "https://ghcr.io"],
    ["GHCR.io/v2", "https://ghcr.io"],
    ["localhost:5000", "http://localhost:5000"],
    ["https://index.docker.io/v1/", "https://registry-1.docker.io"],
    ["docker.io", "https://registry-1.docker.io"],
    ["registry.hub.docker.com", "https://index.docker.io"],
    ["https://user@ghcr.io", "https://ghcr.io"],
  ])("%s for %s", (key, apiUrl) => {
    expect(show(find({ auths: { [key]: auth("foo") } }, apiUrl))).toEqual(FOO_BAR);
  });

  it.each([
    ["ghcr.io.evil.test", "https://ghcr.io"],
    ["evil.test/ghcr.io", "https://ghcr.io"],
    ["ghcr.io@evil.test", "https://ghcr.io"],
    ["localhost:5000", "http://localhost"],
    ["localhost:500", "http://localhost:5000"],
    ["ghcr.io/org", "https://ghcr.io"],
    ["*", "https://ghcr.io"],
  ])("not: %s for %s", (key, apiUrl) => {
    expect(find({ auths: { [key]: auth("foo") } }, apiUrl)).toBeUndefined();
  });

  it("by the longest path of whole components, in any order of keys", () => {
    const keys = ["ghcr.io", "ghcr.io/org", "ghcr.io/org/app", "ghcr.io/or"];
    fc.assert(
      fc.property(fc.shuffledSubarray(keys, { minLength: 4 }), (shuffled) => {
        const auths = Object.fromEntries(shuffled.map((key) => [key, auth(key)]));
        const user = (path: string): unknown =>
          show(find({ auths }, "https://ghcr.io", { path }))["username"];
        expect(user("org/app")).toBe("ghcr.io/org/app");
        expect(user("org/app2")).toBe("ghcr.io/org");
        expect(user("other/app")).toBe("ghcr.io");
      }),
    );
  });

  it("the API's host before the image's", () => {
    const auths = { "image.test": auth("image"), "api.test": auth("api") };
    const query = { host: "image.test" };
    expect(show(find({ auths }, "https://api.test", query))["username"]).toBe("api");
    expect(show(find({ auths }, "https://other.test", query))["username"]).toBe("image");
  });

  it("the host's own spelling before its other names", () => {
    const auths = {
      "https://index.docker.io/v1/": auth("index"),
      "registry-1.docker.io": auth("api"),
    };
    expect(show(find({ auths }, "https://registry-1.docker.io"))["username"]).toBe("api");
  });
});

describe("helpers", () => {
  const config = {
    auths: { "ghcr.io": auth("foo"), "quay.io": {} },
    credHelpers: { "ghcr.io": "github", "docker.io": "hub", "bad.test": "../sh" },
    credsStore: "desktop",
  };

  it.each([
    ["https://ghcr.io", "github", "ghcr.io"],
    ["https://registry-1.docker.io", "hub", "https://index.docker.io/v1/"],
    ["https://quay.io", "desktop", "quay.io"],
    ["https://other.test:5000", "desktop", "other.test:5000"],
  ])("for %s it is %s, asked for %s", (apiUrl, helper, serverUrl) => {
    expect(find(config, apiUrl)).toEqual({ kind: "helper", helper, serverUrl });
  });

  it("are left aside on request", () => {
    expect(show(find(config, "https://ghcr.io", {}, { helpers: false }))).toEqual(FOO_BAR);
    expect(find(config, "https://quay.io", {}, { helpers: false })).toBeUndefined();
  });

  it("have a plain name, or are an error", () => {
    expect(find(config, "https://bad.test")).toMatchObject({ kind: "invalid", key: "bad.test" });
    const { value, diagnostics } = parseDockerConfig('{"credsStore": "a/b"}');
    expect(value?.credentialsStore).toBeUndefined();
    expect(diagnostics).toHaveLength(1);
  });
});

describe("parseDockerConfig", () => {
  it("reads the older form without auths", () => {
    const legacy = { "https://index.docker.io/v1/": { ...auth("foo"), email: "a@b" } };
    expect(show(find(legacy, "https://registry-1.docker.io"))).toEqual(FOO_BAR);
  });

  it("takes no other setting for a registry", () => {
    const { value, diagnostics } = parseDockerConfig('{"HttpHeaders": {"User-Agent": "x"}}');
    expect(value).toEqual({ auths: [], credentialHelpers: [] });
    expect(diagnostics).toEqual([]);
  });

  it.each(["", "hunter2", "[]", "null", '"hunter2"', '{"auths": "hunter2"}', '{"a": hunter2}'])(
    "refuses %j without repeating it",
    (json) => {
      const { value, diagnostics } = parseDockerConfig(json);
      expect(value).toBeUndefined();
      expect(diagnostics).toMatchObject([{ severity: "error", code: "invalid-docker-config" }]);
      expect(JSON.stringify(diagnostics)).not.toContain("hunter2");
    },
  );

  it("shows no secret in JSON, in a spread or when inspected", () => {
    const json = JSON.stringify({
      auths: {
        "a.test": auth("foo", "hunter2"),
        "b.test": { identitytoken: "hunter2" },
        "https://joe:hunter2@c.test": { registrytoken: "hunter2" },
      },
    });
    const { value } = parseDockerConfig(json);
    const found = find(json, "https://a.test");
    expect(show(found)["password"]).toBe("hunter2");
    expect(JSON.stringify(found)).toBe('{"kind":"basic","username":"foo","password":"[redacted]"}');
    for (const shown of [value, found, { ...found }]) {
      expect(JSON.stringify(shown) + inspect(shown, { depth: 9 })).not.toContain("hunter2");
    }
  });
});

describe("findSiblingHosts", () => {
  it("names the registries that have credentials when the asked one has none", () => {
    const auths = {
      "https://registry.cn-hangzhou.aliyuncs.com": auth("foo"),
      "ghcr.io": { auth: "x" },
    };
    const { value } = parseDockerConfig(JSON.stringify({ auths }));
    if (value === undefined) throw new Error("not parsed");
    expect(findSiblingHosts(value, "registry-vpc.cn-hangzhou.aliyuncs.com")).toEqual([
      "registry.cn-hangzhou.aliyuncs.com",
    ]);
    expect(findSiblingHosts(value, "registry.cn-hangzhou.aliyuncs.com")).toEqual([]);
    expect(findSiblingHosts(value, "docker.pkg.github.com")).toEqual([]);
  });
});
