// The public names: what writes to Git, and its settings.

export { createGitWriteBack } from "./create-git-write-back.js";
export type { GitPullRequestSettings, GitWriteBackSettings } from "./git-write-back-settings.js";
export {
  argoCdGitCredentials,
  type ArgoCdGitCredentialsSettings,
} from "./credentials/argo-cd-git-credentials.js";
export { sshSigner, type SshSignerSettings } from "./signing/ssh-signer.js";
export { openPgpSigner, type OpenPgpSignerSettings } from "./signing/open-pgp-signer.js";
export type { Signer } from "./signing/signer.js";
export {
  parseGitlabProject,
  parseOwnerRepository,
  type OwnerRepository,
} from "./forge/forge-project.js";
