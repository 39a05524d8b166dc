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

/** What the API of Gitea and Forgejo does with pull requests. */
export const giteaApi: ForgeApiDouble = {
  basePath: "/api/v1",
  tokenOf: ({ authorization }) => /^(?:token|Bearer) (\S+)$/iu.exec(String(authorization))?.[1],
  unauthorized: { status: 401, body: { message: "invalid username, password or token" } },
  answer: async (request, repositories) => {
    const organization = /^\/orgs\/([^/]+)\/labels$/u.exec(request.path)?.[1];
    if (organization !== undefined) return listOrganization(request, repositories, organization);
    const match = /^\/repos\/([^/]+)\/([^/]+)\/(.+)$/u.exec(request.path);
    const [, owner = "", name = "", rest = ""] = match ?? [];
    const path = `${decodeURIComponent(owner)}/${decodeURIComponent(name)}`;
    const repository = repositories.get(path);
    if (repository === undefined) return NOT_FOUND;
    return inRepository(request, repository, rest);
  },
};

const NOT_FOUND: ForgeApiAnswer = {
  status: 404,
  body: { message: "The target couldn't be found.", errors: null },
};

async function inRepository(
  request: ForgeApiRequest,
  repository: ForgeRepository,
  rest: string,
): Promise<ForgeApiAnswer> {
  const { method } = request;
  const key = `${method} ${rest.replaceAll(/\d+(?=\/|$)/gu, "N")}`;
  const number = Number(/\d+/u.exec(rest)?.[0] ?? "0");
  if (key === "GET pulls") return list(request, repository);
  if (key === "POST pulls") return create(request, repository);
  if (key === "PATCH pulls/N") return edit(request, repository, number);
  if (key === "GET labels") return pageOf(request, "limit", repository.labels);
  if (key === "POST labels") return createLabel(request, repository);
  if (key === "POST issues/N/labels") return addLabels(request, repository, number);
  if (key === "POST issues/N/comments") return comment(request, repository, number);
  const pair = /^pulls\/([^/]+)\/([^/]+)$/u.exec(rest);
  if (method !== "GET" || pair === null) return NOT_FOUND;
  const [base = "", head = ""] = pair.slice(1).map((part) => decodeURIComponent(part));
  return findByBranches(request, repository, base, head);
}

async function list(
  request: ForgeApiRequest,
  repository: ForgeRepository,
): Promise<ForgeApiAnswer> {
  const { query } = request;
  const state = query.get("state") ?? "open";
  const base = query.get("base_branch");
  const found = [...repository.pullRequests.values()].filter(
    (one) =>
      (state === "all" || (one.state === "open") === (state === "open")) &&
      (base === null || one.base === base),
  );
  const described = await Promise.all(found.map((one) => describe(request, repository, one)));
  return pageOf(request, "limit", described);
}

/** Any one of these branches, whatever its state: the oldest. */
async function findByBranches(
  request: ForgeApiRequest,
  repository: ForgeRepository,
  base: string,
  head: string,
): Promise<ForgeApiAnswer> {
  const found = [...repository.pullRequests.values()].find(
    (one) => one.base === base && one.head === head && !one.fork,
  );
  if (found === undefined) return NOT_FOUND;
  return { status: 200, body: await describe(request, repository, found) };
}

async function create(
  request: ForgeApiRequest,
  repository: ForgeRepository,
): Promise<ForgeApiAnswer> {
  const { body, account: author } = request;
  const [head, base] = [textField(body, "head"), textField(body, "base")];
  if ((await repository.commits(base, head)) === undefined) return NOT_FOUND;
  const existing = findOpen(repository, head, base);
  if (existing !== undefined) {
    const message = `pull request already exists for these targets [id: ${existing.number}, head_branch: ${head}, base_branch: ${base}]`;
    return { status: 409, body: { message } };
  }
  const title = textField(body, "title");
  const draft = { head, base, title, body: textField(body, "body"), labels: [] };
  const added = addPullRequest(repository, { ...draft, author, fork: false });
  return { status: 201, body: await describe(request, repository, added) };
}

async function edit(
  request: ForgeApiRequest,
  repository: ForgeRepository,
  number: number,
): Promise<ForgeApiAnswer> {
  const { body } = request;
  const changed = changePullRequest(repository, number, (present) => ({
    ...(hasText(body, "title") ? { title: textField(body, "title") } : {}),
    ...(hasText(body, "body") ? { body: textField(body, "body") } : {}),
    ...(textField(body, "state") === "closed" && present.state === "open"
      ? { state: "closed" }
      : {}),
  }));
  if (changed === undefined) return NOT_FOUND;
  return { status: 201, body: await describe(request, repository, changed) };
}

function createLabel({ body }: ForgeApiRequest, { labels }: ForgeRepository): ForgeApiAnswer {
  const name = textField(body, "name");
  const isColor = /^#?[0-9a-f]{6}$/iu.test(textField(body, "color"));
  if (name === "" || !isColor) return { status: 422, body: { message: "[Color]: Required" } };
  const label = { id: labels.length + 1, name };
  labels.push(label);
  return { status: 201, body: label };
}

function addLabels(
  { body }: ForgeApiRequest,
  repository: ForgeRepository,
  number: number,
): ForgeApiAnswer {
  const known = [...repository.labels, ...(repository.organizationLabels ?? [])];
  const found = listField(body, "labels").map((id) => known.find((label) => label.id === id)?.name);
  const names = found.filter((name) => name !== undefined);
  if (names.length < found.length) return NOT_FOUND;
  const changed = changePullRequest(repository, number, ({ labels }) => ({
    labels: withLabels(labels, names),
  }));
  if (changed === undefined) return NOT_FOUND;
  return { status: 200, body: known.filter(({ name }) => changed.labels.includes(name)) };
}

function comment(
  { body }: ForgeApiRequest,
  repository: ForgeRepository,
  number: number,
): ForgeApiAnswer {
  const text = textField(body, "body");
  const changed = changePullRequest(repository, number, ({ comments }) => ({
    comments: [...comments, text],
  }));
  return changed === undefined ? NOT_FOUND : { status: 201, body: { id: 1, body: text } };
}

function listOrganization(
  request: ForgeApiRequest,
  repositories: ReadonlyMap<string, ForgeRepository>,
  organization: string,
): ForgeApiAnswer {
  const owned = [...repositories.values()].find(({ path }) => path.startsWith(`${organization}/`));
  if (owned?.organizationLabels === undefined) return NOT_FOUND;
  return pageOf(request, "limit", owned.organizationLabels);
}

/** Once a branch is gone, `ref` names the hidden reference of the pull request. */
async function describe(
  { baseUrl }: ForgeApiRequest,
  repository: ForgeRepository,
  one: ForgeServerPullRequest,
): Promise<object> {
  const { number, title, body, labels, head, base, state, author, fork } = one;
  const { id, path } = repository;
  const exists = (await repository.commits(base, head)) !== undefined;
  return {
    id: id * 1000 + number,
    number,
    html_url: `${new URL(baseUrl).origin}/${path}/pulls/${number}`,
    state: state === "open" ? "open" : "closed",
    merged: state === "merged",
    title,
    body,
    labels: labels.map((name, index) => ({ id: index + 1, name })),
    user: { login: author },
    head: {
      label: head,
      ref: exists ? head : `refs/pull/${number}/head`,
      repo_id: fork ? id + 500 : id,
    },
    base: { label: base, ref: base, repo_id: id },
  };
}
