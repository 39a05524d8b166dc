import { describe, expect, it } from "vitest";
import { kubernetesSecrets } from "../../src/index.js";
import type { KubernetesTestFault } from "../../src/testing/index.js";
import { secret } from "../support/objects.js";
import { createQuickClock } from "../support/quick-clock.js";
import { rejection, startServer } from "../support/test-server.js";

const dockerConfig = '{"auths":{"ghcr.io":{"auth":"dTpw"}}}';
const binary = {
  ...secret("binary", {}, { labels: { kind: "test" } }),
  data: { blob: Buffer.from([0xff, 0x00]).toString("base64"), text: "YQ==" },
};
const objects = [
  secret("regcred", { ".dockerconfigjson": dockerConfig }),
  secret("creds", { token: "s3cret\n", empty: "", bom: "\uFEFFx", umlaut: "ü" }),
  secret("creds", { token: "of another" }, { namespace: "team" }),
  binary,
];

describe("a field of a secret", () => {
  it.each([
    ["regcred", ".dockerconfigjson", dockerConfig],
    ["creds", "token", "s3cret\n"],
    ["creds", "empty", ""],
    ["creds", "bom", "\uFEFFx"],
    ["creds", "umlaut", "ü"],
  ])("%s %s is its text as it is", async (name, key, text) => {
    const { api } = await startServer({ objects });
    const secrets = kubernetesSecrets({ api });
    await expect(secrets.read({ namespace: "argocd", name, key })).resolves.toBe(text);
  });

  it("is read anew at each use", async () => {
    const { api, server } = await startServer({ objects });
    const secrets = kubernetesSecrets({ api });
    const key = { namespace: "argocd", name: "creds", key: "token" };
    await secrets.read(key);
    server.put(secret("creds", { token: "rotated" }));
    await expect(secrets.read(key)).resolves.toBe("rotated");
  });

  it.each([
    ["creds", "toString", "not-found", 'no field "toString"'],
    ["creds", "missing", "not-found", 'secret argocd/creds has no field "missing"'],
    ["missing", "token", "not-found", 'get secrets "missing" in namespace "argocd"'],
    ["binary", "blob", "invalid-secret", "is not text"],
    ["../creds", "token", "unsupported-reference", "is not a name"],
  ])("%s %s is refused as %3$s", async (name, key, code, text) => {
    const { api } = await startServer({ objects });
    const error = await rejection(
      kubernetesSecrets({ api }).read({ namespace: "argocd", name, key }),
    );
    expect(error).toMatchObject({
      name: "CredentialError",
      code,
      message: expect.stringContaining(text),
      context: { reference: `secret:argocd/${name}#${key}` },
    });
  });

  it.each<readonly [KubernetesTestFault["behave"], string]>([
    ["unavailable", "unavailable"],
    ["disconnect", "unavailable"],
    ["rate-limited", "unavailable"],
    ["garbage", "invalid-secret"],
  ])("that meets %s is %s", async (behave, code) => {
    const { api } = await startServer(
      { objects, faults: [{ behave }] },
      { clock: createQuickClock() },
    );
    const read = kubernetesSecrets({ api }).read({
      namespace: "argocd",
      name: "creds",
      key: "token",
    });
    await expect(read).rejects.toMatchObject({ code });
  });

  it("that nobody may read is forbidden, and trying again is of no use", async () => {
    const { api } = await startServer({ objects, users: [{ token: "test-token", rules: [] }] });
    const read = kubernetesSecrets({ api }).read({
      namespace: "argocd",
      name: "creds",
      key: "token",
    });
    await expect(read).rejects.toMatchObject({ code: "forbidden", retryable: false });
  });
});

describe("the namespaces of the settings", () => {
  it.each(["team", "Argocd", " argocd", "argocd ", "argocd/..", ""])(
    "refuse %j without a request",
    async (namespace) => {
      const { api, server } = await startServer({ objects });
      const secrets = kubernetesSecrets({ api, namespaces: ["argocd"] });
      const read = secrets.read({ namespace, name: "creds", key: "token" });
      await expect(read).rejects.toMatchObject({ code: "forbidden-namespace" });
      const listed = secrets.list({ namespace, labels: {} });
      await expect(listed).rejects.toMatchObject({ code: "forbidden-namespace" });
      expect(server.requests).toEqual([]);
    },
  );

  it("allow what they name", async () => {
    const { api } = await startServer({ objects });
    const secrets = kubernetesSecrets({ api, namespaces: ["argocd", "team"] });
    const read = secrets.read({ namespace: "team", name: "creds", key: "token" });
    await expect(read).resolves.toBe("of another");
  });
});

describe("a list of secrets", () => {
  it("leaves out fields that are not text, and no secret", async () => {
    const { api } = await startServer({ objects });
    const found = await kubernetesSecrets({ api }).list({
      namespace: "argocd",
      labels: { kind: "test" },
    });
    expect(found).toEqual([
      {
        namespace: "argocd",
        name: "binary",
        labels: { kind: "test" },
        data: new Map([["text", "a"]]),
      },
    ]);
  });

  it.each([{ "a,b": "c" }, { a: "b,c=d" }, { a: "in (b)" }, { "": "a" }])(
    "is not asked for the labels %j, which would mean something else",
    async (labels) => {
      const { api, server } = await startServer({ objects });
      const listed = kubernetesSecrets({ api }).list({ namespace: "argocd", labels });
      await expect(listed).rejects.toMatchObject({ code: "unsupported-reference" });
      expect(server.requests).toEqual([]);
    },
  );
});
