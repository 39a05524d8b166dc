import { githubToken } from "@image-updater/registry-ghcr";
import { describe, expect, it } from "vitest";
import { registryErrorOf, startApi } from "../support/loopback.js";
import { clientOf, describeTags, manyVersions, repository, tokens } from "../support/packages.js";

describe("the owner of a package", () => {
  it("may be a user, which is found out once", async () => {
    const packages = { "acme/app": manyVersions(1), "acme/other": manyVersions(2) };
    const api = await startApi({ packages, tokens });
    const client = clientOf(api.url);
    await describeTags(client, repository);
    await describeTags(client, repository);
    await describeTags(client, { ...repository, path: "acme/other" });
    expect(api.requests.map(({ path, status }) => `${path.split("/")[1]} ${status}`)).toEqual([
      "orgs 404",
      "users 200",
      "users 304",
      "users 200",
    ]);
  });

  it("is remembered beside other owners", async () => {
    const packages = { "acme/app": manyVersions(1), "octocat/app": manyVersions(1) };
    const api = await startApi({ packages, tokens, organizations: ["acme"] });
    const client = clientOf(api.url);
    for (const path of ["acme/app", "octocat/app", "acme/app", "octocat/app"]) {
      await describeTags(client, { ...repository, path });
    }
    expect(api.requests.map(({ status }) => status)).toEqual([200, 404, 200, 304, 304]);
  });

  it("may be the token's own user", async () => {
    const packages = { "robot/app": manyVersions(1) };
    const api = await startApi({ packages, tokens, privatePackages: ["robot/app"] });
    const client = clientOf(api.url);
    const own = { ...repository, path: "Robot/app" };
    await expect(describeTags(client, own)).resolves.toHaveLength(1);
    await expect(describeTags(client, own)).resolves.toHaveLength(1);
    expect(api.requests.map(({ path, status }) => `${path.split("?")[0]} ${status}`)).toEqual([
      "/orgs/robot/packages/container/app/versions 404",
      "/users/robot/packages/container/app/versions 404",
      "/user 200",
      "/user/packages/container/app/versions 200",
      "/user/packages/container/app/versions 304",
    ]);
  });

  it("is never mistaken for the token's own user", async () => {
    const packages = { "robot/app": manyVersions(1) };
    const api = await startApi({ packages, tokens });
    const error = await registryErrorOf(describeTags(clientOf(api.url), repository));
    expect(error).toMatchObject({ code: "not-found", context: { repository: "acme/app" } });
    expect(api.requests.some(({ path }) => path.startsWith("/user/packages"))).toBe(false);
  });

  it("is not a user for the token of a workflow", async () => {
    const api = await startApi({ tokens: { ghs_workflow: {} } });
    const client = clientOf(api.url, { credentials: githubToken(() => "ghs_workflow") });
    const error = await registryErrorOf(describeTags(client, repository));
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("or the token may not see it");
  });

  it("is looked for again when the package has moved", async () => {
    const api = await startApi({ packages: { "acme/app": manyVersions(1) }, tokens });
    const client = clientOf(api.url);
    await describeTags(client, repository);
    api.setFaults([{ on: "versions", behave: "not-found", times: 1 }]);
    // Users first, as known; then organizations; then the user of the token.
    expect((await registryErrorOf(describeTags(client, repository))).code).toBe("not-found");
    expect(api.requests.slice(2).map(({ path }) => path.split("/")[1])).toEqual([
      "users",
      "orgs",
      "user",
    ]);
  });
});
