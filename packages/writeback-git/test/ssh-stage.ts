import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { GitCredential } from "@image-updater/core";
import { describe } from "vitest";
import { createGitWriteBack, type GitWriteBackSettings } from "../src/create-git-write-back.js";
import type { SshGitTestServer } from "../src/testing/index.js";
import { change, codeOf, messageOf, setValue } from "./changes.js";

/** Suites that need OpenSSH; without it they are skipped, or fail where that must not be. */
export const describeSsh: typeof describe.skip = isInstalled() ? describe : describe.skip;

function isInstalled(): boolean {
  const programs = [
    ["sshd", "openssh-server"],
    ["ssh-keygen", "openssh-client"],
    ["git", "git"],
  ] as const;
  const missing = programs.filter(([name]) => !isOnPath(name)).map(([, name]) => name);
  if (missing.length === 0) return true;
  const message = `programs are missing: install the Debian packages ${missing.join(", ")}, or run tools/install-real-servers.sh`;
  if (process.env["REQUIRE_REAL_SERVERS"] === "1") throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}

function isOnPath(name: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}

export type SshKeyCredential = Extract<GitCredential, { readonly kind: "ssh-key" }>;

/** A write-back that shows one credential to everybody. */
export function withCredential(
  credential: GitCredential,
  settings: GitWriteBackSettings = {},
): ReturnType<typeof createGitWriteBack> {
  const credentials = { forGit: () => Promise.resolve(credential) };
  return createGitWriteBack({ credentials, random: () => 0, ...settings });
}

/** A write-back that opens a server. */
export function sshGit(
  server: SshGitTestServer,
  credential: Partial<SshKeyCredential> = {},
  settings: GitWriteBackSettings = {},
): ReturnType<typeof createGitWriteBack> {
  return withCredential({ ...server.credential, ...credential }, settings);
}

export const FILES = { "values.yaml": "tag: v1\n" };

/** Writes one value, and answers what became of it. */
export async function writeTag(
  target: ReturnType<typeof createGitWriteBack>,
  repository: string,
  value: string,
  signal?: AbortSignal,
): Promise<{ readonly code: unknown; readonly message: string }> {
  const edits = [setValue("values.yaml", "tag", value)];
  const options = signal === undefined ? undefined : { signal };
  const [result] = await target.write([change("app", { repository }, edits)], options);
  return { code: codeOf(result), message: messageOf(result) };
}
