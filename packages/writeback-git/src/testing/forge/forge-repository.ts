/** How many commits a branch has that its base lacks; `undefined` where one of them is not there. */
export type CountCommits = (base: string, head: string) => Promise<number | undefined>;

/** What a repository of the forge is made of. */
export interface ForgeRepositoryFixture {
  /** Tells of the branches: those of a real repository, say. */
  readonly commits: CountCommits;
  /** Labels that the repository knows. */
  readonly labels?: readonly string[] | undefined;
  /** Labels of the owner, who then is an organisation; only Gitea asks. */
  readonly organizationLabels?: readonly string[] | undefined;
}

/** A pull request as a person sees it. */
export interface ForgeServerPullRequest {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  readonly state: "open" | "closed" | "merged";
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly comments: readonly string[];
  readonly author: string;
  /** Whether its head is a branch of a fork. */
  readonly fork: boolean;
}

/** A label of the repository, or of the organisation that owns it. */
export interface ForgeLabel {
  readonly id: number;
  readonly name: string;
}

/** A repository of the forge, and all that was made in it. */
export interface ForgeRepository {
  /** `owner/name`, or a longer path. */
  readonly path: string;
  readonly id: number;
  readonly commits: CountCommits;
  /** Oldest first. */
  readonly pullRequests: Map<number, ForgeServerPullRequest>;
  readonly labels: ForgeLabel[];
  /** Absent where the owner is a person. */
  readonly organizationLabels: readonly ForgeLabel[] | undefined;
}

/** Makes a repository without pull requests. */
export function createForgeRepository(
  path: string,
  id: number,
  { commits, labels = [], organizationLabels }: ForgeRepositoryFixture,
): ForgeRepository {
  return {
    path,
    id,
    commits,
    pullRequests: new Map(),
    labels: numbered(labels, 1),
    organizationLabels:
      organizationLabels === undefined ? undefined : numbered(organizationLabels, 1001),
  };
}

function numbered(names: readonly string[], first: number): ForgeLabel[] {
  return names.map((name, index) => ({ id: first + index, name }));
}

/** A pull request that is added; open and without comments where it does not say otherwise. */
export type ForgeServerDraft = Omit<ForgeServerPullRequest, "number" | "state" | "comments"> &
  Partial<Pick<ForgeServerPullRequest, "state" | "comments">>;

/** Adds a pull request with the next number. */
export function addPullRequest(
  { pullRequests }: ForgeRepository,
  draft: ForgeServerDraft,
): ForgeServerPullRequest {
  const number = Math.max(0, ...pullRequests.keys()) + 1;
  const added: ForgeServerPullRequest = { state: "open", comments: [], ...draft, number };
  pullRequests.set(number, added);
  return added;
}

/** Changes a pull request that is there; answers what it is now. */
export function changePullRequest(
  { pullRequests }: ForgeRepository,
  number: number,
  change: (present: ForgeServerPullRequest) => Partial<ForgeServerPullRequest>,
): ForgeServerPullRequest | undefined {
  const present = pullRequests.get(number);
  if (present === undefined) return undefined;
  const changed = { ...present, ...change(present) };
  pullRequests.set(number, changed);
  return changed;
}

/** The open pull request of the repository's own branch into a base. */
export function findOpen(
  { pullRequests }: ForgeRepository,
  head: string,
  base: string,
): ForgeServerPullRequest | undefined {
  return [...pullRequests.values()].find(
    (one) => one.state === "open" && one.head === head && one.base === base && !one.fork,
  );
}

/** The labels with others added, each once. */
export function withLabels(labels: readonly string[], added: readonly string[]): readonly string[] {
  return [...new Set([...labels, ...added])];
}
