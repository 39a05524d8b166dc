import type { Clock, CommitAuthor, CredentialProvider } from "@image-updater/core";
import type { Dispatcher } from "undici";
import type { Signer } from "./signing/signer.js";

/** Settings of `createGitWriteBack`. All are optional; a public server needs none. */
export interface GitWriteBackSettings {
  /**
   * Asked once per repository and call, and once more when what it answered is refused. Without it,
   * access is anonymous or as the URL says.
   */
  readonly credentials?: Pick<CredentialProvider, "forGit"> | undefined;
  /** For one answer of `credentials`, with all that it reads for it. Default: 30 000. */
  readonly credentialTimeoutMs?: number | undefined;
  /**
   * Replaces undici's global dispatcher: proxies, private CAs, tests. A credential that has `connection`
   * settings of its own is used with these alone, and not with this dispatcher.
   */
  readonly dispatcher?: Dispatcher | undefined;
  /** Who commits where a change names nobody. Default: `argocd-image-updater <noreply@argoproj.io>`. */
  readonly author?: CommitAuthor | undefined;
  /** Signs every commit that is pushed; GitHub signs those made by its API. Default: none is signed. */
  readonly signer?: Signer | undefined;
  /** Whether commit messages end in a `Signed-off-by` of whoever commits. Default: false. */
  readonly signOff?: boolean | undefined;
  /**
   * What shares a commit: the changes of one application, as upstream, or all changes of a branch.
   * Default: `per-application`.
   */
  readonly commits?: "per-application" | "one" | undefined;
  /**
   * What makes commits: a push, or the API of GitHub, whose commits are those of the GitHub App and
   * verified. Other credentials push all the same, and a note of the results says so. Default: `git`.
   */
  readonly commitMethod?: "git" | "api" | undefined;
  /**
   * Lines as in `known_hosts`, for SSH credentials that bring none. Default: none, and an SSH server is
   * refused.
   */
  readonly knownHosts?: string | undefined;
  /** Pull requests, for applications that ask for them; HTTPS credentials with a token are needed. */
  readonly pullRequests?: GitPullRequestSettings | undefined;
  /** Whether plain `http://` URLs are written to, credentials unprotected. Default: false. */
  readonly allowHttp?: boolean | undefined;
  /**
   * How long lost races are tried again, from the first attempt: longer where many write to one branch,
   * or the server is slow. Below what the updater waits for a write. What fails otherwise is tried again
   * for a minute at most. Default: 240 000.
   */
  readonly deadlineMs?: number | undefined;
  /** For one HTTP request, or one over SSH with its connection, to the end. Default: 90 000. */
  readonly requestTimeoutMs?: number | undefined;
  /** The largest pack that is downloaded; it is held in memory. Default: 512 MiB. */
  readonly maxPackBytes?: number | undefined;
  /**
   * What costs more where this runs, when a server lets us choose: bytes, or the time of a request.
   * Default: `fewer-bytes`.
   */
  readonly prefer?: "fewer-bytes" | "fewer-requests" | undefined;
  /** For folders and files that are remembered between calls, in memory. Default: 32 MiB. */
  readonly cacheBytes?: number | undefined;
  /** Dates commits and times pauses. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Spreads the pauses between attempts, from 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** How pull requests are opened where an application's settings ask for them. */
export interface GitPullRequestSettings {
  /**
   * What becomes of open pull requests for the same files that a newer one takes the place of: they are
   * closed with a comment, unless somebody else committed to them, or kept. Default: `close`.
   */
  readonly supersede?: "close" | "keep" | undefined;
  /**
   * URL of a forge's API by the host of the repository, with the port if its URL has one:
   * `{ "git.example.com": "https://api.example.com/v4" }`. Default: where GitHub, GitLab and Gitea have
   * it by themselves, or as the credential of a GitHub App says.
   */
  readonly apiUrls?: Readonly<Record<string, string>> | undefined;
}
