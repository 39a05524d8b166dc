import {
  hasText,
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

/** What GitLab's REST API does with merge requests. */
export const gitlabApi: ForgeApiDouble = {
  basePath: "/api/v4",
  tokenOf: (headers) => {
    const own = headers["private-token"];
    if (typeof own === "string") return own;
    return /^Bearer (\S+)$/u.exec(String(headers["authorization"]))?.[1];
  },
  unauthorized: { status: 401, body: { message: "401 Unauthorized" } },
  answer: async (request, repositories) => {
    const match = /^\/projects\/([^/]+)\/merge_requests(?:\/(\d+)(\/notes)?)?$/u.exec(request.path);
    const [, project = "", number = "", notes = ""] = match ?? [];
    const repository = repositories.get(decodeURIComponent(project));
    if (repository === undefined) return notFound("404 Project Not Found");
    const { method } = request;
    if (number === "" && method === "GET") return list(request, repository);
    if (number === "" && method === "POST") return create(request, repository);
    if (notes !== "" && method === "POST") return comment(request, repository, Number(number));
    if (method === "PUT") return edit(request, repository, Number(number));
    return notFound("404 Not Found");
  },
};

const LONGEST_TITLE = 255;

function list(request: ForgeApiRequest, repository: ForgeRepository): ForgeApiAnswer {
  const { query } = request;
  const state = query.get("state") ?? "all";
  const wanted = state === "opened" ? "open" : state;
  const [source, target] = [query.get("source_branch"), query.get("target_branch")];
  const found = [...repository.pullRequests.values()].filter(
    (one) =>
      (wanted === "all" || one.state === wanted) &&
      // Those of forks are listed too.
      (source === null || one.head === source) &&
      (target === null || one.base === target),
  );
  const described = found.toReversed().map((one) => describe(request, repository, one));
  return pageOf(request, "per_page", described);
}

async function create(
  request: ForgeApiRequest,
  repository: ForgeRepository,
): Promise<ForgeApiAnswer> {
  const { body, account: author } = request;
  const [head, base] = [textField(body, "source_branch"), textField(body, "target_branch")];
  const title = textField(body, "title");
  if (title === "") return { status: 400, body: { error: "title is missing" } };
  if (title.length > LONGEST_TITLE) return tooLong();
  const existing = findOpen(repository, head, base);
  if (existing !== undefined) {
    const said = `Another open merge request already exists for this source branch: !${existing.number}`;
    return { status: 409, body: { message: [said] } };
  }
  // One without commits is accepted.
  if ((await repository.commits(base, head)) === undefined) {
    return { status: 422, body: { message: { source_branch: ["does not exist"] } } };
  }
  const labels = labelsOf(body, "labels");
  const draft = { head, base, title, body: textField(body, "description"), labels };
  const added = addPullRequest(repository, { ...draft, author, fork: false });
  return { status: 201, body: describe(request, repository, added) };
}

function edit(
  request: ForgeApiRequest,
  repository: ForgeRepository,
  number: number,
): ForgeApiAnswer {
  const { body } = request;
  if (textField(body, "title").length > LONGEST_TITLE) return tooLong();
  const changed = changePullRequest(repository, number, (present) => ({
    ...(hasText(body, "title") ? { title: textField(body, "title") } : {}),
    ...(hasText(body, "description") ? { body: textField(body, "description") } : {}),
    labels: withLabels(present.labels, labelsOf(body, "add_labels")),
    ...(textField(body, "state_event") === "close" && present.state === "open"
      ? { state: "closed" }
      : {}),
  }));
  if (changed === undefined) return notFound("404 Not Found");
  return { status: 200, body: describe(request, repository, changed) };
}

function comment(
  { body }: ForgeApiRequest,
  repository: ForgeRepository,
  number: number,
): ForgeApiAnswer {
  const note = textField(body, "body");
  const changed = changePullRequest(repository, number, ({ comments }) => ({
    comments: [...comments, note],
  }));
  return changed === undefined
    ? notFound("404 Not Found")
    : { status: 201, body: { id: 1, body: note } };
}

function labelsOf(body: ForgeApiRequest["body"], field: string): readonly string[] {
  const names = textField(body, field).split(",");
  return names.map((name) => name.trim()).filter((name) => name !== "");
}

function notFound(message: string): ForgeApiAnswer {
  return { status: 404, body: { message } };
}

function tooLong(): ForgeApiAnswer {
  const title = [`is too long (maximum is ${LONGEST_TITLE} characters)`];
  return { status: 400, body: { message: { title } } };
}

function describe(
  { baseUrl }: ForgeApiRequest,
  { id, path }: ForgeRepository,
  { number, title, body, labels, head, base, state, author, fork }: ForgeServerPullRequest,
): object {
  return {
    id: id * 1000 + number,
    iid: number,
    project_id: id,
    web_url: `${new URL(baseUrl).origin}/${path}/-/merge_requests/${number}`,
    state: state === "open" ? "opened" : state,
    title,
    description: body,
    source_branch: head,
    target_branch: base,
    source_project_id: fork ? id + 500 : id,
    target_project_id: id,
    labels,
    author: { username: author },
  };
}
