import type { GitCredential } from "@image-updater/core";
import { createGitWriteBack } from "../src/create-git-write-back.js";
import type { GitWriteBackSettings } from "../src/git-write-back-settings.js";
import type { SshGitTestServer } from "../src/testing/index.js";
import { change, codeOf, messageOf, PATIENT, setValue } from "./changes.js";
import { describeWith } from "./describe-with.js";

/** Suites that need OpenSSH. */
export const describeSsh: ReturnType<typeof describeWith> = describeWith(
  ["sshd", "openssh-server"],
  ["ssh-keygen", "openssh-client"],
  ["git", "git"],
);

export type SshKeyCredential = Extract<GitCredential, { readonly kind: "ssh-key" }>;

/** A write-back that shows one credential to everybody. */
export function withCredential(
  credential: GitCredential,
  settings: GitWriteBackSettings = {},
): ReturnType<typeof createGitWriteBack> {
  const credentials = { forGit: () => Promise.resolve(credential) };
  return createGitWriteBack({ credentials, random: () => 0, ...PATIENT, ...settings });
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
