import { createUpdater } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { createGhcrRegistry, githubToken } from "@image-updater/registry-ghcr";
import { createOciRegistry } from "@image-updater/registry-oci";
import { expect, it } from "vitest";

it("the program of the README reads ghcr.io with it and all else without", async () => {
  // #region use
  const ghcr = createGhcrRegistry({
    credentials: githubToken(() => process.env["GHCR_TOKEN"]), // a classic one with read:packages
    tagTimes: "packages-api", // for newest-build: push times, a hundred versions a request
  });
  const updater = createUpdater({
    registries: [ghcr, createOciRegistry()], // the first that serves an image reads it
    writeBack: [],
    clock: systemClock(),
  });
  // #endregion use
  expect(ghcr.serves({ host: "ghcr.io", path: "acme/app", apiUrl: "https://ghcr.io" })).toBe(true);
  expect(ghcr.describeTags).toBeTypeOf("function");
  await expect(updater.plan([])).resolves.toMatchObject({ applications: [] });
});
