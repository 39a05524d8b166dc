import { describe, expect, it } from "vitest";
import { GitRemoteError } from "../../../src/git-remote-error.js";
import { connectionError, programError } from "../../../src/transport/ssh/ssh-error.js";

const TARGET = "example.com:team/apps.git";

describe("the end of a program", () => {
  it.each([
    // As the servers say it: Git, GitHub, GitLab, Gitea, Bitbucket, Azure DevOps.
    [128, "fatal: '/srv/a' does not appear to be a git repository", "not-found"],
    [1, "ERROR: Repository not found.\nfatal: Could not read from remote", "not-found"],
    [
      1,
      "remote: ERROR: The project you were looking for could not be found or you don't have permission to view it.",
      "not-found",
    ],
    [1, "Gitea: Repository does not exist", "not-found"],
    [1, "repository access denied.", "forbidden"],
    [1, "remote: TF401019: The Git repository with name x does not exist", "not-found"],
    [128, "fatal: '/srv/a.git': Permission denied", "forbidden"],
    [1, "ERROR: The key you are authenticating with has been marked as read only.", "forbidden"],
    [1, "remote: You are not allowed to push code to this project.", "forbidden"],
    [1, "User permission denied for writing.", "forbidden"],
    [127, "bash: line 1: git-upload-pack: command not found", "unsupported"],
    [128, "fatal: unrecognized command 'git-upload-pack x'", "unsupported"],
    [1, "Too many requests, try again later", "unavailable"],
    [128, "fatal: out of memory", "invalid-response"],
    [undefined, "something else", "invalid-response"],
    [3, "", "invalid-response"],
  ] as const)("with code %s and %j is %s", (code, said, expected) => {
    const error = programError("git-upload-pack", { code, signal: undefined, said }, TARGET);
    expect(error?.kind).toBe(expected);
    expect(error?.message).toContain(TARGET);
    expect(error?.message).toContain(said.split("\n", 1)[0]?.replace("remote: ", ""));
  });

  it("by a signal may pass", () => {
    const end = { code: undefined, signal: "SIGKILL", said: "" };
    const error = programError("git-upload-pack", end, TARGET);
    expect(error).toMatchObject({ kind: "unavailable", retryable: true });
  });

  it.each([0, undefined])("with code %s and no word is none", (code) => {
    const end = { code, signal: undefined, said: "" };
    expect(programError("git-upload-pack", end, TARGET)).toBeUndefined();
  });
});

describe("the end of a connection", () => {
  const context = {
    target: TARGET,
    login: "user git",
    noCommonType: () => new GitRemoteError("host-key", "none in common", { target: TARGET }),
  };
  const failed = (message: string, more: object = {}): GitRemoteError =>
    connectionError(Object.assign(new Error(message), more), context);

  it.each([
    [
      "All configured authentication methods failed",
      { level: "client-authentication" },
      "unauthorized",
    ],
    ["Too many authentication failures", { code: 2 }, "unauthorized"],
    ["No more methods", { code: 14 }, "unauthorized"],
    ["Handshake failed: no matching host key format", { level: "handshake" }, "host-key"],
    ["Handshake failed: no matching key exchange algorithm", { level: "handshake" }, "unsupported"],
    ["connect ETIMEDOUT 192.0.2.1:22", { code: "ETIMEDOUT", level: "client-socket" }, "timeout"],
    ["connect ECONNREFUSED", { code: "ECONNREFUSED", level: "client-socket" }, "unavailable"],
    ["getaddrinfo ENOTFOUND example.com", { code: "ENOTFOUND" }, "unavailable"],
    ["", { code: "ECONNREFUSED", level: "client-socket" }, "unavailable"],
    ["Connection lost before handshake", { level: "protocol" }, "unavailable"],
    ["too many connections", { code: 12 }, "unavailable"],
  ])("with %j is named", (message, more, code) => {
    const error = failed(message, more);
    expect(error.kind).toBe(code);
    expect(error.message).toContain(WORDS[code] ?? (message || "ECONNREFUSED"));
  });
});

/** Where the words of the library are of no use to anybody. */
const WORDS: Readonly<Record<string, string>> = {
  unauthorized: "the server refused the SSH key of user git",
  "host-key": "none in common",
};
