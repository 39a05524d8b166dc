import type { Edit, GitCredential, WriteBackChange, WriteResult } from "@image-updater/core";
import { createGitWriteBack, type GitWriteBackSettings } from "@image-updater/writeback-git";
import {
  startForgeServer,
  startGitServer,
  startSshGitServer,
  type FixtureFiles,
  type GitServerOptions,
  type GitTestServer,
} from "@image-updater/writeback-git/testing";
import { fieldsOf, textOf, textsOf, type Checks, type Finding } from "../trial.js";
import { all } from "./lists.js";

/** Trials about Git servers and forges, on real repositories. */
export const gitChecks: Checks = {
  async "push-capabilities-not-negotiated"({ input }): Promise<Finding> {
    const server = fieldsOf(fieldsOf(input)["server"]);
    const offered = textOf(server["receivePackAdvertises"]).split(" ");
    const { before } = fieldsOf(fieldsOf(input)["edit"]);
    return onGitServer({ protocol: 0, withheld: others(offered) }, async (git) => {
      const { url } = await git.createRepository("app", {
        branches: { main: { "values.yaml": textOf(before) } },
      });
      const [result] = await local().write([changeOf({ repository: url }, [setTag("v1")])]);
      const text = await git.readFile("app", "main", "values.yaml");
      return { right: text?.includes("v1") === true, now: tell(result) };
    });
  },
  async "default-branch-ambiguous"({ input }): Promise<Finding> {
    const { branches, base } = fieldsOf(input);
    return onGitServer({ protocol: 0, withheld: ["symref"] }, async (git) => {
      const names = Object.keys(fieldsOf(branches));
      const [first = "main", ...rest] = names;
      const { url } = await git.createRepository("app", {
        branches: { [first]: FILES },
        defaultBranch: first,
      });
      // All at one commit, as a server without symref leaves it open which of them HEAD names.
      for (const name of rest) {
        await git.git("app", ["branch", name, first]);
      }
      const location = { repository: url, base: textOf(base) };
      const [result] = await local().write([changeOf(location, [setTag("v1")])]);
      const isSaid = names.every((name) => tell(result).includes(name));
      return { right: result?.kind === "written" || isSaid, now: tell(result) };
    });
  },
  async "known-hosts-rsa-sha2"({ entry }): Promise<Finding> {
    const server = await startSshGitServer({ hostKeys: ["rsa"] });
    try {
      const { url } = await server.createRepository("app", { branches: { main: FILES } });
      const [, blob = ""] = server.hostKeys[0]?.publicKey.split(" ") ?? [];
      const found: Finding[] = [];
      for (const variant of textsOf(entry["variants"])) {
        const [, type = ""] = variant.split(" ");
        const knownHosts = `[127.0.0.1]:${server.port} ${type} ${blob}\n`;
        const target = local({}, { ...server.credential, knownHosts });
        const [result] = await target.write([changeOf({ repository: url }, [setTag(type)])]);
        found.push({ right: result?.kind === "written", now: `${type}: ${tell(result)}` });
      }
      return all(found);
    } finally {
      await server.close();
    }
  },
  async "symlinked-values"({ entry }): Promise<Finding> {
    const text = "image:\n  tag: v0\n";
    const variants: unknown = entry["variants"];
    const found = (Array.isArray(variants) ? variants : []).map((variant: unknown) =>
      onGitServer({}, async (git) => {
        const [[link, described] = ["", ""]] = Object.entries(fieldsOf(variant));
        const [mode = "", target = ""] = textOf(described).split(" ");
        const isFile = link.endsWith(".yaml");
        const held = isFile
          ? new URL(target, `http://x/${link}`).pathname.slice(1)
          : `${target}/values.yaml`;
        const files: FixtureFiles = { [link]: { content: target, mode }, [held]: text };
        const { url } = await git.createRepository("app", { branches: { main: files } });
        const path = isFile ? link : `${link}/values.yaml`;
        const [result] = await local().write([changeOf({ repository: url }, [setTag("v1", path)])]);
        const now = await git.readFile("app", "main", held);
        return { right: now === "image:\n  tag: v1\n", now: `${link}: ${tell(result)}` };
      }),
    );
    return all(await Promise.all(found));
  },
  async "pull-request-rebuilt-each-cycle"({ input }): Promise<Finding> {
    const cycles = Number(fieldsOf(input)["cycles"]);
    const api = await startForgeServer({ kind: "github", token: TOKEN });
    try {
      return await onGitServer({ auth: { username: "bot", password: TOKEN } }, async (git) => {
        const { url } = await git.createRepository("o/r", { branches: { main: FILES } });
        api.addRepository("o/r", {
          commits: async (base, head) =>
            Number(await git.git("o/r", ["rev-list", "--count", `${base}..${head}`])),
        });
        const target = local(
          { pullRequests: { apiUrls: { [new URL(url).host]: api.url } } },
          { kind: "basic", username: "bot", password: TOKEN },
        );
        const branch = `image-updater-0123abcd-${"0".repeat(64)}`;
        const change: WriteBackChange = {
          ...changeOf({ repository: url, base: "main", branch }, [setTag("v1")]),
          settings: { ...SETTINGS, pullRequest: { forge: "github", labels: [] } },
        };
        const commits = new Set<string>();
        let last: WriteResult | undefined;
        for (let cycle = 0; cycle < cycles; cycle += 1) {
          [last] = await target.write([change]);
          commits.add(String(await git.git("o/r", ["rev-parse", `refs/heads/${branch}`])));
          await git.commit("o/r", "main", { "unrelated.txt": String(cycle) });
        }
        const now = `${commits.size} commits in ${cycles} cycles; ${tell(last)}`;
        return { right: commits.size === 1, now };
      });
    } finally {
      await api.close();
    }
  },
};

const TOKEN = "token-of-a-trial";
const FILES: FixtureFiles = { "values.yaml": "image:\n  tag: v0\n" };
const SETTINGS: WriteBackChange["settings"] = { method: "git", target: { kind: "override" } };

/** What Git's own server offers for a push or a fetch of the old protocol. */
const CAPABILITIES = [
  "report-status-v2",
  "delete-refs",
  "quiet",
  "atomic",
  "ofs-delta",
  "object-format",
  "agent",
  "push-options",
];

function others(offered: readonly string[]): readonly string[] {
  return CAPABILITIES.filter((name) => !offered.includes(name));
}

async function onGitServer(
  options: GitServerOptions,
  play: (server: GitTestServer) => Promise<Finding>,
): Promise<Finding> {
  const server = await startGitServer(options);
  try {
    return await play(server);
  } finally {
    await server.close();
  }
}

function local(
  settings: GitWriteBackSettings = {},
  credential: GitCredential = { kind: "anonymous" },
): ReturnType<typeof createGitWriteBack> {
  const credentials = { forGit: () => Promise.resolve(credential) };
  return createGitWriteBack({ allowHttp: true, credentials, ...settings });
}

function changeOf(location: WriteBackChange["location"], edits: readonly Edit[]): WriteBackChange {
  return {
    application: { name: "shop", namespace: "argocd" },
    settings: SETTINGS,
    location,
    edits,
    message: "build: automatic update of shop\n",
  };
}

function setTag(value: string, path = "values.yaml"): Edit {
  return { kind: "helm-values", path, changes: [{ path: "image.tag", value }] };
}

function tell(result: WriteResult | undefined): string {
  if (result?.kind !== "failed") return result?.kind ?? "no result";
  return `failed ${result.error.code}: ${result.error.message}`;
}
