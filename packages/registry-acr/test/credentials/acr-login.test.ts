import { acrLogin } from "@image-updater/registry-acr";
import { expect, it } from "vitest";
import { credentialErrorOf } from "../support/acr.js";

const repository = { host: "x", path: "a/b", apiUrl: "https://x" };

it("answers its user and password", async () => {
  const login = { username: "robot@acme", password: "pass:word" };
  await expect(acrLogin(login).forRepository({ repository })).resolves.toEqual({
    kind: "basic",
    ...login,
  });
});

it("does not answer for an image with credentials of its own", async () => {
  const provider = acrLogin({ username: "a", password: "b" });
  const reference = { kind: "env", variable: "OWN" } as const;
  const error = await credentialErrorOf(provider.forRepository({ repository, reference }));
  expect(error.code).toBe("unsupported-reference");
});
