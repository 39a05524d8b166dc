// The public names: what writes to Git, and its settings.

export { createGitWriteBack, type GitWriteBackSettings } from "./create-git-write-back.js";
