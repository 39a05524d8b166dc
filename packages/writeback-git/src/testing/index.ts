// Real Git servers for tests and demonstrations.

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
export type { SshKeyOptions, SshKeyPair, SshKeyType } from "./ssh-keys.js";
export type {
  FixtureFile,
  FixtureFiles,
  FixtureRepository,
  LoggedCommit,
} from "./git-repositories.js";
export {
  startForgeServer,
  type ForgeServerFault,
  type ForgeServerOptions,
  type ForgeServerRequest,
  type ForgeTestServer,
} from "./start-forge-server.js";
export type {
  CountCommits,
  ForgeRepositoryFixture,
  ForgeServerDraft,
  ForgeServerPullRequest,
} from "./forge/forge-repository.js";
export {
  createTlsAuthority,
  type TlsAuthority,
  type TlsCertificate,
  type TlsCertificateOptions,
} from "./tls-authority.js";
export { startTlsFront, type TlsFront, type TlsFrontOptions } from "./start-tls-front.js";
export {
  startHttpProxy,
  type HttpProxyOptions,
  type HttpProxyServer,
  type ProxiedRequest,
} from "./start-http-proxy.js";
export {
  startGithubAppApi,
  type GithubAppApi,
  type GithubAppApiOptions,
  type GithubAppApiRequest,
} from "./start-github-app-api.js";
export {
  startGithubApi,
  type GithubApiFault,
  type GithubApiOptions,
  type GithubApiServer,
  type GithubOperation,
} from "./start-github-api.js";
export type { ApiReply } from "./github-commits.js";
