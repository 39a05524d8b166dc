import { CredentialError, WriteBackError, type WriteBackErrorCode } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import { GitRemoteError, type GitRemoteErrorKind, ProtocolError } from "@image-updater/git-remote";
import { summarizeFailure, writeBackFailure } from "../src/write-back-failure.js";

const CODES: Readonly<Record<Exclude<GitRemoteErrorKind, "invalid-key">, WriteBackErrorCode>> = {
  unauthorized: "unauthorized",
  forbidden: "forbidden",
  "not-found": "not-found",
  "branch-not-found": "branch-not-found",
  unavailable: "unavailable",
  timeout: "timeout",
  cancelled: "cancelled",
  unsupported: "unsupported",
  "invalid-response": "invalid-response",
  "invalid-branch": "invalid-branch",
  "unsafe-path": "unsafe-path",
  "too-large": "too-large",
  "host-key": "host-key",
  certificate: "certificate",
};
const TARGET = "https://git.example.com/team/app.git";

describe("a failure of a remote repository", () => {
  it.each(Object.entries(CODES))("%s is a WriteBackError %s", (kind, code) => {
    const context = { target: TARGET, branch: "main", path: "values.yaml" };
    const cause = new GitRemoteError(kind as GitRemoteErrorKind, "what happened", context);
    const failure = writeBackFailure(cause);
    if (!WriteBackError.is(failure)) throw new TypeError("not a WriteBackError");
    expect(failure).toMatchObject({ code, message: "what happened", context, cause });
    // Whoever tries again must agree with the library on what may pass.
    expect(failure.retryable).toBe(cause.retryable);
  });

  it("with a private key is a CredentialError, which names the repository", () => {
    const cause = new GitRemoteError("invalid-key", "it is damaged", { target: TARGET });
    const failure = writeBackFailure(cause);
    expect(failure).toBeInstanceOf(CredentialError);
    expect(failure).toMatchObject({
      code: "invalid-secret",
      context: { reference: TARGET },
      cause,
    });
  });

  it("in the protocol is named by its repository", () => {
    const error = new ProtocolError("the pack is cut off");
    const message = `${TARGET}: the pack is cut off`;
    const summary = { name: "WriteBackError", code: "invalid-response", message };
    expect(summarizeFailure(error, TARGET)).toEqual(summary);
  });

  it.each([new WriteBackError("conflict", "lost", { target: TARGET }), new TypeError("a bug"), 7])(
    "of another kind stays as it is: %s",
    (error) => {
      expect(writeBackFailure(error, TARGET)).toBe(error);
    },
  );
});
