import { GitRemoteError } from "../../git-remote-error.js";

/** The programs of a Git server. */
export type RemoteProgram = "git-upload-pack" | "git-receive-pack";

/**
 * The command line that starts a program on a repository, quoted as Git's own restricted shell reads it.
 *
 * Throws `unsupported` for a path that cannot be quoted everywhere: with a line feed or a NUL.
 */
export function remoteCommand(program: RemoteProgram, path: string, target: string): string {
  if (/[\n\r\0]/u.test(path)) {
    const message = `the path of ${target} holds a control character, which no server's shell takes`;
    throw new GitRemoteError("unsupported", message, { target });
  }
  // An exclamation mark is quoted too: to csh it means something even between single quotes.
  return `${program} '${path.replaceAll(/['!]/gu, String.raw`'\$&'`)}'`;
}
