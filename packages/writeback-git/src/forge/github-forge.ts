import { z } from "zod";
import type { Forge, ForgePullRequest, PullRequestDraft, PullRequestQuery } from "./forge.js";
import { messageOfAnswer } from "./forge-answer.js";
import { decodeAnswer, forgeError } from "./forge-error.js";
import type { OwnerRepository } from "./forge-project.js";
import { listPages, type ForgeApi } from "./list-pages.js";

/** Headers for GitHub's API with a token of any kind. */
export function githubHeaders(token: string): Readonly<Record<string, string>> {
  return {
    authorization: `Bearer ${token}`,
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
  };
}

/** Pull requests on GitHub and GitHub Enterprise Server (REST API, "Pulls"). */
export function createGithubForge(api: ForgeApi, { owner, repository }: OwnerRepository): Forge {
  const { place, call } = api;
  const root = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
  const pulls = `${root}/pulls`;
  return {
    name: place.name,
    list: async (query, signal) => {
      const parameters = listParameters(owner, query);
      const list = { path: pulls, query: parameters, item: pullSchema, signal };
      const found = await listPages(api, list);
      return found.flatMap((pull) => ownPull(pull, query));
    },
    open: async ({ labels: _labels, ...draft }: PullRequestDraft, signal) => {
      const request = { method: "POST", path: pulls, body: draft, expect: [422] } as const;
      const answer = await call(request, signal);
      if (answer.status !== 422) {
        return {
          kind: "opened",
          pullRequest: describePull(decodeAnswer(place, pullSchema, answer)),
        };
      }
      const said = messageOfAnswer(answer);
      if (/already exists/iu.test(said)) return { kind: "exists" };
      if (/no commits between/iu.test(said)) return { kind: "nothing" };
      throw forgeError(place, answer);
    },
    update: async (number, { title, body, addLabels = [] }, signal) => {
      if (title !== undefined || body !== undefined) {
        await call({ method: "PATCH", path: `${pulls}/${number}`, body: { title, body } }, signal);
      }
      if (addLabels.length === 0) return;
      const path = `${root}/issues/${number}/labels`;
      await call({ method: "POST", path, body: { labels: addLabels } }, signal);
    },
    close: async (number, { body, comment }, signal) => {
      const closing = { body, state: "closed" };
      await call({ method: "PATCH", path: `${pulls}/${number}`, body: closing }, signal);
      const path = `${root}/issues/${number}/comments`;
      await call({ method: "POST", path, body: { body: comment } }, signal);
    },
  };
}

const branchSchema = z.object({
  ref: z.string(),
  // That of a fork that is gone is null.
  repo: z.object({ id: z.number() }).nullish(),
});

const pullSchema = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.string(),
  merged_at: z.string().nullish(),
  title: z.string(),
  body: z.string().nullish(),
  head: branchSchema,
  base: branchSchema,
  labels: z.array(z.object({ name: z.string() })).catch([]),
  user: z.object({ login: z.string() }).nullish(),
});

type Pull = z.infer<typeof pullSchema>;

function listParameters(
  owner: string,
  { base, head, state }: PullRequestQuery,
): Readonly<Record<string, string>> {
  const all = { state, base, sort: "created", direction: "desc", per_page: "100" };
  return head === undefined ? all : { ...all, head: `${owner}:${head}` };
}

function ownPull(pull: Pull, { base, head }: PullRequestQuery): readonly ForgePullRequest[] {
  const isOwn = pull.head.repo?.id === pull.base.repo?.id;
  const matches = pull.base.ref === base && (head === undefined || pull.head.ref === head);
  return isOwn && matches ? [describePull(pull)] : [];
}

function describePull(pull: Pull): ForgePullRequest {
  const isMerged = typeof pull.merged_at === "string";
  const closed = isMerged ? "merged" : "closed";
  return {
    number: pull.number,
    url: pull.html_url,
    state: pull.state === "open" ? "open" : closed,
    head: pull.head.ref,
    base: pull.base.ref,
    title: pull.title,
    body: pull.body ?? "",
    labels: pull.labels.map(({ name }) => name),
    author: pull.user?.login ?? "",
  };
}
