import type { SecretReader } from "@image-updater/core";
import { inMemorySecrets, type SecretFixture } from "@image-updater/core/testing";
import { describe, expect, it } from "vitest";
import { ask, basic, failure, LOGIN, SECRET, URL_OF_APP, type Data } from "./credential-stage.js";

describe("a secret that is named", () => {
  const named = (data: Data): SecretFixture => ({ namespace: "apps", name: "git", data });
  const reference = { kind: "secret", namespace: "apps", name: "git" } as const;
  const APP = { githubAppID: "1", githubAppInstallationID: "2", githubAppPrivateKey: "KEY" };
  const ssh = "git@github.com:team/app.git";

  it.each([
    ["user and password", { ...LOGIN }, basic("bot", "pw")],
    ["a token", { bearerToken: "tk" }, { kind: "bearer", token: "tk" }],
    [
      "a GitHub App before a user",
      { ...LOGIN, ...APP, githubAppEnterpriseBaseUrl: "https://ghe.test" },
      {
        kind: "github-app",
        appId: "1",
        installationId: "2",
        privateKey: "KEY",
        baseUrl: "https://ghe.test",
      },
    ],
    [
      "a connection",
      {
        ...APP,
        insecure: "true",
        proxy: "http://p:1",
        tlsClientCertData: "C",
        tlsClientCertKey: "K",
      },
      {
        kind: "github-app",
        appId: "1",
        installationId: "2",
        privateKey: "KEY",
        connection: {
          clientCertificate: { certificate: "C", key: "K" },
          insecure: true,
          proxy: "http://p:1",
        },
      },
    ],
  ])("may have %s", async (_title, data, expected) => {
    expect(await ask([named(data)], { reference })).toEqual(expected);
    const url = "http://git.test/team/app";
    expect(await ask([named(data)], { reference, url })).toEqual(expected);
  });

  it("is verified unless it says otherwise, unlike that of Argo CD Image Updater", async () => {
    const settings = { certificates: async () => "PEM", knownHosts: "HOSTS" };
    expect(await ask([named(LOGIN)], { reference }, settings)).toEqual({
      ...basic("bot", "pw"),
      connection: { ca: "PEM" },
    });
    const key = { sshPrivateKey: "SSH" };
    expect(await ask([named(key)], { reference, url: ssh }, settings)).toEqual({
      kind: "ssh-key",
      privateKey: "SSH",
      knownHosts: "HOSTS",
    });
  });

  it.each(["knownHosts", "sshKnownHosts"])("may bring host keys as %s", async (field) => {
    const secrets = [named({ sshPrivateKey: "SSH", [field]: "OWN\n", ...LOGIN })];
    expect(await ask(secrets, { reference, url: ssh }, { knownHosts: "HOSTS" })).toEqual({
      kind: "ssh-key",
      privateKey: "SSH",
      knownHosts: "OWN",
    });
  });

  it.each([
    ["sshPrivateKey", ssh, { insecure: "true", password: SECRET }],
    ["username", URL_OF_APP, { password: SECRET }],
    ["password", URL_OF_APP, { username: "bot" }],
    ["password", URL_OF_APP, { username: "bot", password: "\n" }],
    ["githubAppPrivateKey", URL_OF_APP, { githubAppID: "1", githubAppInstallationID: "2" }],
    ["githubAppID", URL_OF_APP, { ...APP, githubAppID: SECRET }],
    ["username", URL_OF_APP, { sshPrivateKey: SECRET, insecure: "true" }],
  ])("without a proper %s for %s is refused by name", async (field, url, data) => {
    const error = await failure(ask([named(data)], { reference, url }));
    expect(error.code).toBe("invalid-secret");
    expect(error.message).toContain(`"${field}"`);
    expect(error.message).toContain("secret:apps/git");
  });

  it.each([ssh, URL_OF_APP])("that is not there is not found, for %s", async (url) => {
    const error = await failure(ask([], { reference, url }));
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("there is no secret apps/git");
  });

  it("that has nothing for SSH is told what it should have", async () => {
    const error = await failure(ask([named({ password: SECRET })], { reference, url: ssh }));
    expect(error.code).toBe("invalid-secret");
    expect(error.message).toContain('it should have the field "sshPrivateKey"');
  });

  describe("where its reader reads field by field", () => {
    const fieldByField = (data: Data): { readonly secrets: SecretReader } => {
      const { contract, read, list } = inMemorySecrets([named(data)]);
      return { secrets: { contract, read, list } };
    };

    it("is the same", async () => {
      const found = await ask([], { reference }, fieldByField(LOGIN));
      expect(found).toEqual(basic("bot", "pw"));
    });

    it("is described by the reader when it has nothing for SSH", async () => {
      const only = fieldByField({ password: SECRET });
      const error = await failure(ask([], { reference, url: ssh }, only));
      expect(error.code).toBe("not-found");
      expect(error.message).toContain('secret apps/git has no field "sshPrivateKey"');
    });
  });

  it("is in the namespace of the Application when its own is left open", async () => {
    const open = { kind: "secret", name: "git" } as const;
    const secrets = [named(LOGIN)];
    expect(await ask(secrets, { reference: open, namespace: "apps" })).toEqual(basic("bot", "pw"));
    expect(await ask(secrets, { reference, namespace: "other" })).toEqual(basic("bot", "pw"));
    expect((await failure(ask(secrets, { reference: open, namespace: "other" }))).code).toBe(
      "not-found",
    );
    const error = await failure(ask(secrets, { reference: open }));
    expect(error.code).toBe("unsupported-reference");
    expect(error.message).toContain("names no namespace");
  });
});
