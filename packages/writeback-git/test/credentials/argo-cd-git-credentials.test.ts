import { CredentialError, type GitCredential } from "@image-updater/core";
import { inMemorySecrets, type SecretFixture } from "@image-updater/core/testing";
import { describe, expect, it } from "vitest";
import { argoCdGitCredentials } from "../../src/credentials/argo-cd-git-credentials.js";
import {
  ask,
  basic,
  failure,
  LABEL,
  LOGIN,
  repository,
  SECRET,
  secretOf,
  template,
  URL_OF_APP,
  type Data,
} from "./credential-stage.js";

describe("repositories of Argo CD", () => {
  const url = URL_OF_APP;

  it.each([undefined, { kind: "repocreds" }] as const)(
    "are asked for reference %j",
    async (reference) => {
      const secrets = [repository("app", { url, ...LOGIN })];
      expect(await ask(secrets, { reference })).toEqual(basic("bot", "pw"));
    },
  );

  it.each([
    ["user and password", { ...LOGIN }, basic("bot", "pw")],
    ["a password alone", { password: "pw" }, basic("x-access-token", "pw")],
    ["a line break behind it", { ...LOGIN, password: "pw\n" }, basic("bot", "pw")],
    ["spaces in it", { ...LOGIN, password: " p w " }, basic("bot", " p w ")],
    ["a token", { bearerToken: "tk" }, { kind: "bearer", token: "tk" }],
    ["user, password and token", { ...LOGIN, bearerToken: "tk" }, basic("bot", "pw")],
    [
      "a GitHub App",
      { githubAppID: "1", githubAppInstallationID: "2", githubAppPrivateKey: "KEY" },
      { kind: "github-app", appId: "1", installationId: "2", privateKey: "KEY" },
    ],
    [
      "a GitHub App without an installation",
      { githubAppID: "1", githubAppInstallationID: "0", githubAppPrivateKey: "KEY" },
      { kind: "github-app", appId: "1", privateKey: "KEY" },
    ],
    [
      "a GitHub App of an Enterprise Server",
      {
        githubAppID: "1",
        githubAppPrivateKey: "KEY",
        githubAppEnterpriseBaseUrl: "https://ghe.test/api/v3",
      },
      {
        kind: "github-app",
        appId: "1",
        privateKey: "KEY",
        baseUrl: "https://ghe.test/api/v3",
      },
    ],
    [
      "everything at once",
      { ...LOGIN, sshPrivateKey: "SSH", githubAppID: "1", githubAppPrivateKey: "KEY" },
      basic("bot", "pw"),
    ],
    [
      "a key for SSH and a GitHub App",
      { sshPrivateKey: "SSH", githubAppID: "1", githubAppPrivateKey: "KEY" },
      { kind: "github-app", appId: "1", privateKey: "KEY" },
    ],
    [
      "a connection",
      {
        ...LOGIN,
        tlsClientCertData: "CERT",
        tlsClientCertKey: "KEY",
        proxy: "http://proxy:3128",
        noProxy: "a.test",
      },
      {
        ...basic("bot", "pw"),
        connection: {
          clientCertificate: { certificate: "CERT", key: "KEY" },
          proxy: "http://proxy:3128",
          noProxy: "a.test",
        },
      },
    ],
    [
      "a client certificate alone",
      { tlsClientCertData: "CERT", tlsClientCertKey: "KEY" },
      {
        kind: "anonymous",
        connection: { clientCertificate: { certificate: "CERT", key: "KEY" } },
      },
    ],
    [
      "insecure",
      { ...LOGIN, insecure: "true" },
      { ...basic("bot", "pw"), connection: { insecure: true } },
    ],
    [
      "insecureIgnoreHostKey",
      { ...LOGIN, insecureIgnoreHostKey: "1", insecure: "false" },
      { ...basic("bot", "pw"), connection: { insecure: true } },
    ],
    [
      "switches that are off",
      { ...LOGIN, insecure: "F", forceHttpBasicAuth: "true" },
      basic("bot", "pw"),
    ],
    ["nothing", {}, { kind: "anonymous" }],
  ])("may have %s", async (_title, data, expected) => {
    expect(await ask([repository("app", { url, type: "git", ...data })])).toEqual(expected);
    // The same as a template.
    if ("insecure" in data || "insecureIgnoreHostKey" in data) return;
    const templates = [template("team", { url: "https://github.com/team", ...data })];
    expect(await ask(templates)).toEqual(expected);
  });

  it.each([
    ["password", { username: SECRET }],
    ["githubAppPrivateKey", { githubAppID: "1" }],
    ["githubAppID", { githubAppPrivateKey: SECRET }],
    ["githubAppID", { githubAppID: SECRET, githubAppPrivateKey: SECRET }],
    [
      "githubAppInstallationID",
      {
        githubAppID: "1",
        githubAppInstallationID: SECRET,
        githubAppPrivateKey: SECRET,
      },
    ],
    ["tlsClientCertKey", { ...LOGIN, tlsClientCertData: SECRET }],
    ["tlsClientCertData", { ...LOGIN, tlsClientCertKey: SECRET }],
    ["insecure", { ...LOGIN, insecure: SECRET }],
    ["sshPrivateKey", { sshPrivateKey: SECRET }],
  ])("are refused by name for the field %s of %j", async (field, data) => {
    const error = await failure(ask([repository("app", { url, ...data })]));
    expect(error.code).toBe("invalid-secret");
    expect(error.message).toContain(`"${field}"`);
    expect(error.message).toContain("secret:argocd/app");
  });

  it.each([
    ["gcpServiceAccountKey", { gcpServiceAccountKey: SECRET }],
    ["useAzureWorkloadIdentity", { useAzureWorkloadIdentity: "true" }],
  ])("with %s are not supported, unless there is more", async (field, data) => {
    const error = await failure(ask([repository("app", { url, ...data })]));
    expect(error.code).toBe("unsupported-reference");
    expect(error.message).toContain(field);
    expect(await ask([repository("app", { url, ...data, ...LOGIN })])).toEqual(basic("bot", "pw"));
  });

  it.each([
    ["another repository", { url: "https://github.com/team/other", ...LOGIN }],
    ["a Helm repository", { url, type: "helm", ...LOGIN }],
    ["an OCI repository", { url, type: "oci", ...LOGIN }],
    ["another project", { url, project: "theirs", ...LOGIN }],
    ["no address", { url: "", ...LOGIN }],
  ])("are not those of %s", async (_title, data) => {
    expect(await ask([repository("app", data)], { project: "ours" })).toEqual({
      kind: "anonymous",
    });
    expect(await ask([repository("app", data)])).toEqual({ kind: "anonymous" });
  });

  it("are in Argo CD's namespace only, by their label", async () => {
    const data = { url, ...LOGIN };
    const secrets = [
      secretOf("repository", "elsewhere", data, "team"),
      secretOf("cluster", "cluster", data),
      { namespace: "argocd", name: "bare", data },
    ];
    expect(await ask(secrets)).toEqual({ kind: "anonymous" });
    expect(await ask(secrets, {}, { namespace: "team" })).toEqual(basic("bot", "pw"));
  });
});

describe("projects of Argo CD", () => {
  const url = URL_OF_APP;
  const login = (username: string): Data => ({ username, password: "pw" });
  const secrets = [
    repository("anybody", { url: "https://GitHub.com/team/app", ...login("anybody") }),
    repository("ours", { url, project: "ours", ...login("ours") }),
    repository("theirs", { url, project: "theirs", ...login("theirs") }),
  ];

  it.each([
    ["ours", "ours"],
    ["theirs", "theirs"],
    ["nobodys", "anybody"],
    ["", "anybody"],
    [undefined, "anybody"],
  ])("%j gets the credentials of %s", async (project, username) => {
    for (const order of [secrets, secrets.toReversed()]) {
      expect(await ask(order, { project })).toMatchObject({ username });
    }
  });

  it("may not have two that differ", async () => {
    const twins = [
      repository("one", { url, ...login("one"), password: SECRET }),
      repository("two", { url: "https://github.com/team/app", ...login("two"), password: SECRET }),
    ];
    const error = await failure(ask(twins));
    expect(error.code).toBe("invalid-secret");
    expect(error.message).toContain("secret:argocd/one and secret:argocd/two");
    expect(await ask([...twins, ...secrets], { project: "ours" })).toMatchObject({
      username: "ours",
    });
  });

  it("may have two that say the same", async () => {
    const twins = ["one", "two"].map((name) => repository(name, { url, name, ...login("bot") }));
    expect(await ask(twins)).toMatchObject({ username: "bot" });
  });
});

describe("credential templates of Argo CD", () => {
  const login = (username: string): Data => ({ username, password: "pw" });
  const templates = [
    template("host", { url: "https://github.com", ...login("host") }),
    template("team", { url: "https://github.com/team", ...login("team") }),
    template("app", { url: "https://github.com/team/app-", ...login("app") }),
    template("ssh", { url: "git@github.com:team", sshPrivateKey: "SSH" }),
  ];

  it.each([
    ["https://github.com/team/app", "team"],
    ["https://github.com/team/app-one.git", "app"],
    ["https://github.com/team-two/app", "team"],
    ["https://github.com/others/app", "host"],
  ])("for %s are those of %s, the longest prefix", async (url, username) => {
    expect(await ask(templates, { url })).toMatchObject({ username });
    expect(await ask(templates.toReversed(), { url })).toMatchObject({ username });
  });

  it.each([
    ["https://github.com.evil.test/team/app"],
    ["https://github.com:8443/team/app"],
    ["http://github.com/team/app"],
    ["https://evil.test/https://github.com/team/app"],
    ["git@evil.test:team/app"],
  ])("never go to %s", async (url) => {
    expect(await ask(templates, { url })).toEqual({ kind: "anonymous" });
  });

  it("give a repository what it does not have itself", async () => {
    const own = repository("app", {
      url: URL_OF_APP,
      insecure: "true",
      proxy: "http://own:1",
      password: " ",
    });
    const team = template("team", {
      url: "https://github.com/team",
      ...LOGIN,
      proxy: "http://theirs:1",
      noProxy: "a.test",
    });
    expect(await ask([own, team])).toEqual({
      ...basic("bot", "pw"),
      connection: { insecure: true, proxy: "http://own:1", noProxy: "a.test" },
    });
  });

  it("give nothing to a repository that has a user or a password of its own", async () => {
    const own = (data: Data): Promise<GitCredential> =>
      ask([repository("app", { url: URL_OF_APP, ...data }), ...templates]);
    expect(await own({ password: "mine" })).toEqual(basic("x-access-token", "mine"));
    expect((await failure(own({ username: "me" }))).message).toContain('"password"');
  });

  it("do not make a server trusted", async () => {
    const insecure = template("team", {
      url: "https://github.com/team",
      ...LOGIN,
      insecure: "true",
      insecureIgnoreHostKey: "true",
    });
    expect(await ask([insecure])).toEqual(basic("bot", "pw"));
  });

  it("may not be two for the same prefix that differ", async () => {
    const twin = template("twin", { url: "https://GITHUB.com/team", password: SECRET });
    const error = await failure(ask([...templates, twin]));
    expect(error.message).toContain("secret:argocd/team and secret:argocd/twin");
    const url = "https://github.com/others/app";
    expect(await ask([...templates, twin], { url })).toMatchObject({ username: "host" });
  });

  it("are looked at only when they are needed, and each list is asked for once", async () => {
    const asked: string[] = [];
    const inner = inMemorySecrets([repository("app", { url: URL_OF_APP, ...LOGIN }), ...templates]);
    const provider = argoCdGitCredentials({
      secrets: {
        ...inner,
        list: (query, options) => {
          asked.push(`${query.namespace} ${query.labels[LABEL]}`);
          return inner.list(query, options);
        },
      },
    });
    const toPush = ["argocd repository-write", "argocd repo-write-creds"];
    await provider.forGit({ url: URL_OF_APP });
    expect(asked).toEqual([...toPush, "argocd repository"]);
    await provider.forGit({ url: "https://github.com/team/other" });
    expect(asked.slice(3)).toEqual([...toPush, "argocd repository", "argocd repo-creds"]);
  });
});

describe("secrets that Argo CD pushes with", () => {
  const read = repository("app", { url: URL_OF_APP, username: "reader", password: "pw" });
  const write = (data: Data): SecretFixture => secretOf("repository-write", "app-write", data);
  const writeTemplate = secretOf("repo-write-creds", "team-write", {
    url: "https://github.com/team",
    username: "team-writer",
    password: "pw",
  });

  it.each([
    {
      name: "come before those it reads with",
      secrets: [read, write({ url: URL_OF_APP, username: "writer", password: "pw" })],
      username: "writer",
    },
    { name: "may be templates", secrets: [read, writeTemplate], username: "team-writer" },
    {
      name: "get what they lack from their own templates",
      secrets: [read, write({ url: URL_OF_APP }), writeTemplate],
      username: "team-writer",
    },
    {
      name: "without credentials leave the others in place",
      secrets: [read, write({ url: URL_OF_APP })],
      username: "reader",
    },
    {
      name: "of another repository do not matter",
      secrets: [read, write({ url: "https://github.com/other/app", ...LOGIN })],
      username: "reader",
    },
  ])("$name", async ({ secrets, username }) => {
    expect(await ask(secrets)).toEqual(basic(username, "pw"));
  });
});

describe("SSH repositories of Argo CD", () => {
  const url = "git@github.com:team/app.git";
  const data = { url: "ssh://git@github.com/Team/App", sshPrivateKey: "SSH\n" };

  it("have a key, whatever else there is, and host keys of the settings", async () => {
    const secrets = [repository("app", { ...data, ...LOGIN })];
    expect(await ask(secrets, { url })).toEqual({ kind: "ssh-key", privateKey: "SSH" });
    const text = await ask(secrets, { url }, { knownHosts: "github.com ssh-ed25519 AAAA" });
    const read = await ask(
      secrets,
      { url },
      { knownHosts: async () => "github.com ssh-ed25519 AAAA" },
    );
    expect(text).toEqual({
      kind: "ssh-key",
      privateKey: "SSH",
      knownHosts: "github.com ssh-ed25519 AAAA",
    });
    expect(read).toEqual(text);
  });

  it.each(["insecure", "insecureIgnoreHostKey"])("need no host key with %s", async (field) => {
    const knownHosts = (): Promise<string> => Promise.reject(new Error("asked"));
    const answer = await ask(
      [repository("app", { ...data, [field]: "true" })],
      { url },
      { knownHosts },
    );
    expect(answer).toEqual({ kind: "ssh-key", privateKey: "SSH", insecureIgnoreHostKey: true });
  });

  it("are refused without a key when there is something else", async () => {
    const error = await failure(ask([repository("app", { url, password: SECRET })], { url }));
    expect(error.message).toContain('"sshPrivateKey"');
    expect(await ask([repository("app", { url })], { url })).toEqual({ kind: "anonymous" });
  });

  it("say when the host keys cannot be read", async () => {
    const cause = new Error(`config map ${SECRET}`);
    const knownHosts = (): Promise<string> => Promise.reject(cause);
    const answer = ask([repository("app", data)], { url }, { knownHosts });
    const error: unknown = await answer.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "unavailable", retryable: true, cause });
    expect(JSON.stringify(error)).not.toContain(SECRET);
  });
});

describe("certificates of Argo CD", () => {
  const certificates = async (host: string): Promise<string | undefined> =>
    host === "git.test" ? "PEM" : undefined;

  it.each([
    ["https://git.test/team/app", { connection: { ca: "PEM" } }],
    ["https://Git.Test:8443/team/app", { connection: { ca: "PEM" } }],
    ["https://other.test/team/app", {}],
    ["http://git.test/team/app", {}],
  ])("for %s are %j", async (url, more) => {
    const secrets = [repository("app", { url, ...LOGIN })];
    expect(await ask(secrets, { url }, { certificates })).toEqual({
      ...basic("bot", "pw"),
      ...more,
    });
    expect(await ask([], { url }, { certificates })).toEqual({ kind: "anonymous", ...more });
  });

  it("are not asked for when nothing is verified", async () => {
    const url = "https://git.test/team/app";
    const secrets = [repository("app", { url, ...LOGIN, insecure: "true" })];
    const failing = (): Promise<string> => Promise.reject(new Error("asked"));
    const answer = await ask(secrets, { url }, { certificates: failing });
    expect(answer).toEqual({ ...basic("bot", "pw"), connection: { insecure: true } });
    const other = [repository("app", { url, ...LOGIN })];
    expect((await failure(ask(other, { url }, { certificates: failing }))).code).toBe(
      "unavailable",
    );
  });
});

describe("the provider", () => {
  it("reads at each call, so that rotation needs no restart", async () => {
    const data: Record<string, string> = { url: URL_OF_APP, ...LOGIN };
    const provider = argoCdGitCredentials({ secrets: inMemorySecrets([repository("app", data)]) });
    expect(await provider.forGit({ url: URL_OF_APP })).toEqual(basic("bot", "pw"));
    data["password"] = "new";
    expect(await provider.forGit({ url: URL_OF_APP })).toEqual(basic("bot", "new"));
  });

  it("passes errors of the cluster on, and the signal", async () => {
    const unavailable = new CredentialError("unavailable", "no cluster", { reference: "argocd" });
    const signals: unknown[] = [];
    const provider = argoCdGitCredentials({
      secrets: {
        contract: "secret-reader/1",
        read: (_, options) => {
          signals.push(options?.signal);
          return Promise.reject(unavailable);
        },
        list: (_, options) => {
          signals.push(options?.signal);
          return Promise.reject(unavailable);
        },
      },
    });
    const { signal } = new AbortController();
    const reference = { kind: "secret", namespace: "apps", name: "git" } as const;
    await expect(provider.forGit({ url: URL_OF_APP, signal })).rejects.toBe(unavailable);
    await expect(provider.forGit({ url: URL_OF_APP, signal, reference })).rejects.toBe(unavailable);
    expect(new Set(signals)).toEqual(new Set([signal]));
  });

  it("refuses what is not an address, without repeating it", async () => {
    const error = await failure(ask([], { url: SECRET }));
    expect(error.code).toBe("unsupported-reference");
  });

  it("shows nothing as JSON", () => {
    const secrets = inMemorySecrets([repository("app", { url: URL_OF_APP, ...LOGIN })]);
    expect(JSON.stringify(argoCdGitCredentials({ secrets, knownHosts: SECRET }))).toBe("{}");
  });
});
