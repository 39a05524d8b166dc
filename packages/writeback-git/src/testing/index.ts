// A real Git server for tests and demonstrations.

export {
  startGitServer,
  type GitCommand,
  type GitServerFault,
  type GitServerOptions,
  type GitServerRequest,
  type GitService,
  type GitTestServer,
} from "./start-git-server.js";
export type {
  FixtureFile,
  FixtureFiles,
  FixtureRepository,
  LoggedCommit,
} from "./git-repositories.js";
