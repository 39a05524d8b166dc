// Real Git servers for tests and demonstrations.

export {
  startGitServer,
  startSshGitServer,
  type FixtureFile,
  type FixtureFiles,
  type FixtureRepository,
  type GitCommand,
  type GitServerFault,
  type GitServerOptions,
  type GitServerRequest,
  type GitService,
  type GitTestServer,
  type LoggedCommit,
  type SshConnectionFault,
  type SshGitServerOptions,
  type SshGitTestServer,
  type SshKeyOptions,
  type SshKeyPair,
  type SshKeyType,
  type SshProgramFault,
  type SshServerCommand,
} from "@image-updater/git-remote/testing";
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
