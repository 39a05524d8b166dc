// The public names: one repository on a server, its files as trees and objects, and what can go wrong.

export {
  parseRepositoryUrl,
  type HttpRepositoryUrl,
  type RepositoryUrl,
  type RepositoryUrlRules,
} from "./repository/repository-url.js";
export type { SshRepositoryUrl } from "./repository/ssh-address.js";
export {
  openGitRemote,
  type GitRemote,
  type RemoteFetch,
  type RemoteParts,
} from "./repository/git-remote.js";
export type { CommitHistory, FetchPreferences } from "./repository/fetch-objects.js";
export type { CommitRange, ListedCommit } from "./repository/list-commits.js";
export type { PushRequest } from "./repository/push-pack.js";
export { createRepositoryMemories, type RepositoryMemory } from "./repository/repository-memory.js";
export {
  branchRef,
  findStart,
  resolveBranch,
  type BranchNames,
  type BranchStart,
  type BranchTarget,
} from "./repository/branch.js";
export { readCommit, readCommitPoint, type CommitPoint } from "./objects/commit-point.js";
export {
  encodeCommit,
  type CommitFacts,
  type CommitIdentity,
  type CommitObject,
} from "./objects/commit-object.js";
export {
  findTreeFile,
  readTreeFile,
  requireSize,
  treeSourceOf,
  writeTreeFiles,
  type TreeFile,
  type TreeSource,
} from "./objects/tree-files.js";
export type { PathProblem } from "./objects/walk-path.js";
export type { ObjectStore, PackForm, WrittenPack } from "./objects/object-store.js";
export {
  createHttpTransport,
  readStart,
  type HttpAnswer,
  type HttpTransport,
} from "./transport/http-transport.js";
export {
  createSmartHttp,
  type HttpAuthorization,
  type SmartHttpSettings,
} from "./transport/smart-http.js";
export type { GitTransport } from "./transport/git-transport.js";
export { ProxyError } from "./transport/proxy-error.js";
export { cleanServerText } from "./transport/server-text.js";
export { ZERO_OID, type PushReport } from "./wire/receive-pack.js";
export type { RefAdvertisement } from "./wire/ref-advertisement.js";
export type { ServerFeatures } from "./wire/server-features.js";
export { GitRemoteError, type GitRemoteErrorKind } from "./git-remote-error.js";
export { nameProtocolError, ProtocolError } from "./protocol-error.js";
