// GitHub's REST API for packages to test against; the registry itself is that of registry-oci/testing.

export {
  startGithubPackages,
  type GithubTestServer,
  type LoggedApiRequest,
} from "./start-github-packages.js";
export type {
  GithubPackagesOptions,
  GithubTokenFixture,
  PackageVersionFixture,
} from "./github-fixture.js";
export type { GithubFault } from "./github-fault.js";
