import assert from "node:assert/strict";
import type { SecretReader, WriteBackTarget } from "@image-updater/core";
import { argoCdGitCredentials, createGitWriteBack, sshSigner } from "@image-updater/writeback-git";
import { startGitServer } from "@image-updater/writeback-git/testing";

/** A Git write-back whose token is read at each use. */
export function gitWithToken(readToken: (url: string) => Promise<string>): WriteBackTarget {
  // #region git
  const git = createGitWriteBack({
    credentials: {
      forGit: async ({ url }) => ({
        kind: "basic",
        username: "bot",
        password: await readToken(url),
      }),
    },
  });
  // #endregion git
  return git;
}

/** A Git write-back with the credentials that Argo CD has, whose commits are signed. */
export function gitOfArgoCd(
  secrets: SecretReader,
  knownHosts: () => Promise<string>,
  privateKey: string,
): WriteBackTarget {
  // #region git-argocd
  const git = createGitWriteBack({
    credentials: argoCdGitCredentials({ secrets, knownHosts }),
    signer: sshSigner({ privateKey }),
    commits: "one",
  });
  // #endregion git-argocd
  return git;
}

/** A real Git server in a test. */
export async function testAgainstGit(): Promise<void> {
  // #region git-server
  const server = await startGitServer();
  const { url } = await server.createRepository("apps", {
    branches: { main: { "values.yaml": "image:\n  tag: v1\n" } },
  });
  const target = createGitWriteBack({ allowHttp: true });
  const [result] = await target.write([
    {
      application: { name: "web", namespace: "argocd" },
      settings: { method: "git", target: { kind: "helmvalues" } },
      location: { repository: url },
      edits: [
        {
          kind: "helm-values",
          path: "values.yaml",
          changes: [{ path: "image.tag", value: "v2" }],
        },
      ],
      message: "build: automatic update of web",
    },
  ]);
  const text = await server.readFile("apps", "main", "values.yaml"); // "image:\n  tag: v2\n"
  await server.close();
  // #endregion git-server
  assert.equal(result?.kind, "written");
  assert.equal(text, "image:\n  tag: v2\n");
}
