// Real Git servers on loopback, for tests and demonstrations.

export {
  startGitServer,
  type GitCommand,
  type GitServerFault,
  type GitServerOptions,
  type GitServerRequest,
  type GitService,
  type GitTestServer,
} from "./start-git-server.js";
export {
  startSshGitServer,
  type SshGitServerOptions,
  type SshGitTestServer,
  type SshProgramFault,
  type SshServerCommand,
} from "./start-ssh-git-server.js";
export type { SshConnectionFault } from "./ssh-daemon.js";
export {
  generateSshKey,
  type SshKeyOptions,
  type SshKeyPair,
  type SshKeyType,
} from "./ssh-keys.js";
export { createGitProgram, type GitProgram } from "./git-program.js";
export {
  createGitRepositories,
  type FixtureFile,
  type FixtureFiles,
  type FixtureRepository,
  type GitRepositories,
  type LoggedCommit,
} from "./git-repositories.js";
export { readBody } from "./http-backend.js";
export { listenOnLoopback, type LoopbackServer } from "./listen-on-loopback.js";
