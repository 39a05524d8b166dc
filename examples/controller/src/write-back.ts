import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, WriteBackTarget } from "@image-updater/core";
import { createArgoCdWriteBack } from "@image-updater/writeback-argocd";
import {
  argoCdGitCredentials,
  createGitWriteBack,
  openPgpSigner,
  sshSigner,
  type Signer,
} from "@image-updater/writeback-git";
import type { CommitConfiguration, Configuration } from "./configuration.js";
import type { Inventory } from "./inventory.js";
import { readTextFile } from "./text-source.js";

/** What the write-back targets are made of. */
export interface WriteBackParts {
  readonly configuration: Pick<
    Configuration,
    "allowHttp" | "commit" | "knownHosts" | "gitCertificates"
  >;
  readonly inventory: Pick<Inventory, "client" | "secrets" | "argoCdNamespace">;
  readonly clock: Clock;
}

/**
 * Makes the targets: Git repositories, and the Applications themselves.
 *
 * Throws when a file that the configuration names cannot be read.
 */
export async function createWriteBack({
  configuration,
  inventory,
  clock,
}: WriteBackParts): Promise<readonly WriteBackTarget[]> {
  const { commit, allowHttp, knownHosts, gitCertificates } = configuration;
  return [
    createGitWriteBack({
      allowHttp,
      credentials: argoCdGitCredentials({
        secrets: inventory.secrets,
        namespace: inventory.argoCdNamespace,
        knownHosts: () => readTextFile(knownHosts),
        certificates: (host) =>
          readTextFile({ path: join(gitCertificates, host), isRequired: false }),
      }),
      author: commit.author,
      signer: await readSigner(commit),
      signOff: commit.signOff,
      commitMethod: commit.method,
      clock,
    }),
    createArgoCdWriteBack({ applications: inventory.client, clock }),
  ];
}

async function readSigner({ signing }: CommitConfiguration): Promise<Signer | undefined> {
  if (signing === undefined) return undefined;
  const { method, keyPath, passphrase } = signing;
  const key = { privateKey: await readFile(keyPath, "utf8"), passphrase };
  return method === "ssh" ? sshSigner(key) : openPgpSigner(key);
}
