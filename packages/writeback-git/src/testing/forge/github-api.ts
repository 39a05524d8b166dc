import {
  hasText,
  listField,
  pageOf,
  textField,
  type ForgeApiAnswer,
  type ForgeApiDouble,
  type ForgeApiRequest,
} from "./forge-exchange.js";
import {
  addPullRequest,
  changePullRequest,
  findOpen,
  withLabels,
  type ForgeRepository,
  type ForgeServerPullRequest,
} from "./forge-repository.js";

/** What GitHub's REST API does with pull requests. */
export const githubApi: ForgeApiDouble = {
  basePath: "/api/v3",
  tokenOf: ({ authorization }) => /^(?:Bearer|token) (\S+)$/iu.exec(String(authorization))?.[1],
  unauthorized: { status: 401, body: { message: "Bad credentials" } },
  answer: async (request, repositories) => {
    const match = /^\/repos\/([^/]+)\/([^/]+)\/(pulls|issues)(?:\/(\d+)(?:\/(\w+))?)?$/u.exec(
      request.path,
    );
    const [, owner = "", name = "", , number = "", part] = match ?? [];
    const path = `${decodeURIComponent(owner)}/${decodeURIComponent(name)}`;
    const repository = repositories.get(path);
    if (repository === undefined) return NOT_FOUND;
    if (number === "" && request.method === "GET") return list(request, repository);
    if (number === "" && request.method === "POST") return create(request, repository);
    if (request.method === "PATCH") return edit(request, repository, Number(number));
    return addTo(request, repository, Number(number), part);
  },
};

const NOT_FOUND: ForgeApiAnswer = { status: 404, body: { message: "Not Found" } };
const LONGEST_TITLE = 256;
const LONGEST_BODY = 65_536;

function list(request: ForgeApiRequest, repository: ForgeRepository): ForgeApiAnswer {
  const { query } = request;
  const state = query.get("state") ?? "open";
  const head = query.get("head") ?? "";
  const base = query.get("base");
  const found = [...repository.pullRequests.values()].filter(
    (one) =>
      (state === "all" || (one.state === "open") === (state === "open")) &&
      (base === null || one.base === base) &&
      // Without an owner before the branch, the parameter is ignored.
      (!head.includes(":") || `${ownerOf(repository, one)}:${one.head}` === head),
  );
  const newestFirst = found.toReversed();
  const described = newestFirst.map((one) => describe(request, repository, one));
  return pageOf(request, "per_page", described);
}

async function create(
  request: ForgeApiRequest,
  repository: ForgeRepository,
): Promise<ForgeApiAnswer> {
  const { body, account: author } = request;
  const [head, base] = [textField(body, "head"), textField(body, "base")];
  const [title, text] = [textField(body, "title"), textField(body, "body")];
  const commits = await repository.commits(base, head);
  if (commits === undefined) return invalid({ field: "head", code: "invalid" });
  if (title === "") return invalid({ field: "title", code: "missing_field" });
  const tooLong = checkLengths(title, text);
  if (tooLong !== undefined) return tooLong;
  if (findOpen(repository, head, base) !== undefined) {
    const owner = repository.path.split("/", 1)[0] ?? "";
    return invalid({
      code: "custom",
      message: `A pull request already exists for ${owner}:${head}.`,
    });
  }
  if (commits === 0) {
    return invalid({ code: "custom", message: `No commits between ${base} and ${head}` });
  }
  const draft = { head, base, title, body: text, labels: [], author, fork: false };
  const added = addPullRequest(repository, draft);
  return { status: 201, body: describe(request, repository, added) };
}

function edit(
  request: ForgeApiRequest,
  repository: ForgeRepository,
  number: number,
): ForgeApiAnswer {
  const { body } = request;
  const tooLong = checkLengths(textField(body, "title"), textField(body, "body"));
  if (tooLong !== undefined) return tooLong;
  const changed = changePullRequest(repository, number, (present) => ({
    ...(hasText(body, "title") ? { title: textField(body, "title") } : {}),
    ...(hasText(body, "body") ? { body: textField(body, "body") } : {}),
    ...(textField(body, "state") === "closed" && present.state === "open"
      ? { state: "closed" }
      : {}),
  }));
  if (changed === undefined) return NOT_FOUND;
  return { status: 200, body: describe(request, repository, changed) };
}

function addTo(
  { method, body }: ForgeApiRequest,
  repository: ForgeRepository,
  number: number,
  part: string | undefined,
): ForgeApiAnswer {
  const isKnown = method === "POST" && (part === "labels" || part === "comments");
  if (!isKnown) return NOT_FOUND;
  const changed = changePullRequest(repository, number, ({ labels, comments }) =>
    part === "labels"
      ? { labels: withLabels(labels, listField(body, "labels").map(String)) }
      : { comments: [...comments, textField(body, "body")] },
  );
  if (changed === undefined) return NOT_FOUND;
  if (part === "comments") return { status: 201, body: { id: 1, body: textField(body, "body") } };
  return { status: 200, body: changed.labels.map((name, id) => ({ id, name })) };
}

function checkLengths(title: string, text: string): ForgeApiAnswer | undefined {
  if (title.length > LONGEST_TITLE) return invalid({ field: "title", code: "too_long" });
  return text.length > LONGEST_BODY ? invalid({ field: "body", code: "too_long" }) : undefined;
}

function invalid(error: Readonly<Record<string, string>>): ForgeApiAnswer {
  const errors = [{ resource: "PullRequest", ...error }];
  return { status: 422, body: { message: "Validation Failed", errors } };
}

function ownerOf({ path }: ForgeRepository, { fork, author }: ForgeServerPullRequest): string {
  return fork ? author : (path.split("/", 1)[0] ?? "");
}

function describe(
  { baseUrl }: ForgeApiRequest,
  repository: ForgeRepository,
  one: ForgeServerPullRequest,
): object {
  const { number, title, body, labels, head, base, state, author, fork } = one;
  const site = new URL(baseUrl).origin;
  return {
    id: repository.id * 1000 + number,
    number,
    html_url: `${site}/${repository.path}/pull/${number}`,
    state: state === "open" ? "open" : "closed",
    merged_at: state === "merged" ? "2024-01-01T00:00:00Z" : null,
    title,
    body: body === "" ? null : body,
    labels: labels.map((name, id) => ({ id, name })),
    user: { login: author },
    head: {
      label: `${ownerOf(repository, one)}:${head}`,
      ref: head,
      repo: { id: fork ? repository.id + 500 : repository.id },
    },
    base: { label: `${repository.path}:${base}`, ref: base, repo: { id: repository.id } },
  };
}
