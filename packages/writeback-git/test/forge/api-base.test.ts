import { WriteBackError, type ForgeKind } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import { apiBaseOf } from "../../src/forge/api-base.js";

const base = (kind: ForgeKind, repository: string, credentialUrl?: string): string =>
  apiBaseOf(kind, { repository, apiUrls: APIS, allowHttp: true, credentialUrl });
const APIS = {
  "own.example:8443": "https://api.own.example/some/where/",
  "Upper.example": "http://upper.example/api",
  "query.example": "https://query.example/api?token=secret-in-url",
  "user.example": "https://me:secret-in-url@user.example/api",
  "text.example": "api/v4",
};

describe("the API of a forge", () => {
  it.each([
    ["github", "https://github.com/o/r.git", "https://api.github.com"],
    ["github", "git@github.com:o/r.git", "https://api.github.com"],
    ["github", "ssh://git@github.com:22/o/r.git", "https://api.github.com"],
    ["github", "https://ghe.example.com/o/r.git", "https://ghe.example.com/api/v3"],
    ["github", "http://ghe.example.com:8080/o/r", "http://ghe.example.com:8080/api/v3"],
    ["github", "git@ghe.example.com:o/r.git", "https://ghe.example.com/api/v3"],
    ["gitlab", "https://gitlab.com/g/r.git", "https://gitlab.com/api/v4"],
    ["gitlab", "https://git.example.com:8443/g/r", "https://git.example.com:8443/api/v4"],
    ["gitlab", "ssh://git@git.example.com:2222/g/r", "https://git.example.com/api/v4"],
    ["gitea", "https://codeberg.org/o/r", "https://codeberg.org/api/v1"],
    ["gitea", "ssh://git@[::1]:2222/o/r", "https://[::1]/api/v1"],
  ] as const)("%s, of %s, is at %s", (kind, repository, url) => {
    expect(base(kind, repository)).toBe(url);
  });

  it.each([
    ["gitlab", "https://own.example:8443/g/r"],
    ["github", "https://own.example:8443/g/r"],
  ] as const)("%s, of %s, is where the settings say", (kind, repository) => {
    expect(base(kind, repository, "https://other.example/api/v3")).toBe(
      "https://api.own.example/some/where",
    );
  });

  it("is found by the host in any case, but not by another port", () => {
    expect(base("gitea", "https://UPPER.example/o/r")).toBe("http://upper.example/api");
    expect(base("gitea", "https://own.example/o/r")).toBe("https://own.example/api/v1");
  });

  it.each([
    ["https://ghe.example.com/api/v3", "https://ghe.example.com/api/v3"],
    ["https://ghe.example.com/api/v3/", "https://ghe.example.com/api/v3"],
    ["https://ghe.example.com", "https://ghe.example.com/api/v3"],
    ["https://api.github.com", "https://api.github.com"],
    ["https://api.tenant.ghe.com/", "https://api.tenant.ghe.com"],
    ["", "https://ghe.example.com/api/v3"],
  ])("of GitHub is as the credential says: %s", (credentialUrl, url) => {
    expect(base("github", "https://ghe.example.com/o/r", credentialUrl)).toBe(url);
  });

  it.each([
    ["gitlab", "https://query.example/g/r", undefined],
    ["gitlab", "https://user.example/g/r", undefined],
    ["gitea", "https://text.example/g/r", undefined],
    ["github", "https://ghe.example.com/o/r", "//ghe.example.com/api/v3"],
    ["github", "https://ghe.example.com/o/r", "https:///api/v3"],
    ["github", "https://ghe.example.com/o/r", "/api/v3"],
    ["github", "https://ghe.example.com/o/r", "ftp://ghe.example.com"],
  ] as const)("%s, of %s, cannot be at what is named (%s)", (kind, repository, credentialUrl) => {
    const error = errorOf(() => base(kind, repository, credentialUrl));
    expect(error.code).toBe("unsupported");
    expect(error.message).toContain(repository);
    expect(error.message).not.toContain("secret-in-url");
  });

  it("is not called without protection where that is not allowed", () => {
    const repository = "https://upper.example/o/r";
    const source = { repository, apiUrls: APIS, allowHttp: false };
    expect(errorOf(() => apiBaseOf("gitea", source))).toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("allowHttp"),
    });
    expect(apiBaseOf("gitea", { ...source, repository: "https://own.example:8443/o/r" })).toBe(
      "https://api.own.example/some/where",
    );
  });
});

function errorOf(work: () => unknown): WriteBackError {
  try {
    work();
  } catch (error) {
    if (WriteBackError.is(error)) return error;
  }
  throw new Error("no WriteBackError");
}
