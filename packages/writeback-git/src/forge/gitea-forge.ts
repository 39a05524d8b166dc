import { z } from "zod";
import type { Forge, ForgePullRequest, PullRequestDraft, PullRequestQuery } from "./forge.js";
import { decodeAnswer } from "./forge-error.js";
import type { OwnerRepository } from "./forge-project.js";
import { giteaLabelIds } from "./gitea-labels.js";
import { listPages, type ForgeApi } from "./list-pages.js";

/** Headers for the API of Gitea and Forgejo. */
export function giteaHeaders(token: string): Readonly<Record<string, string>> {
  return { authorization: `token ${token}`, accept: "application/json" };
}

/** Pull requests on Gitea and Forgejo (API v1). */
export function createGiteaForge(api: ForgeApi, { owner, repository }: OwnerRepository): Forge {
  const { place, call } = api;
  const root = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
  const pulls = `${root}/pulls`;
  return {
    name: place.name,
    list: async (query, signal) => {
      if (await isUnknownHead(api, pulls, query, signal)) return [];
      const found = await listPages(api, {
        path: pulls,
        // Servers before 1.23 do not know `base_branch`, and answer with those of every base.
        query: { state: query.state, base_branch: query.base, limit: "50", page: "1" },
        item: pullSchema,
        signal,
      });
      const own = found.flatMap((pull) => ownPull(pull, query));
      return own.toSorted((left, right) => right.number - left.number);
    },
    open: async ({ labels: _labels, ...draft }: PullRequestDraft, signal) => {
      const opening = { method: "POST", path: pulls, body: draft, expect: [409] } as const;
      const answer = await call(opening, signal);
      if (answer.status === 409) return { kind: "exists" };
      return { kind: "opened", pullRequest: describePull(decodeAnswer(place, pullSchema, answer)) };
    },
    update: async (number, { title, body, addLabels = [] }, signal) => {
      if (title !== undefined || body !== undefined) {
        await call({ method: "PATCH", path: `${pulls}/${number}`, body: { title, body } }, signal);
      }
      if (addLabels.length === 0) return;
      const labels = await giteaLabelIds(api, { owner, root }, addLabels, signal);
      const path = `${root}/issues/${number}/labels`;
      await call({ method: "POST", path, body: { labels } }, signal);
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
  /** Name of the branch; `ref` is another one once the branch is gone. */
  label: z.string(),
  repo_id: z.number(),
});

const pullSchema = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.string(),
  merged: z.boolean().nullish(),
  title: z.string(),
  body: z.string().nullish(),
  head: branchSchema,
  base: branchSchema,
  labels: z.array(z.object({ name: z.string() })).nullish(),
  user: z.object({ login: z.string() }).nullish(),
});

type Pull = z.infer<typeof pullSchema>;

/**
 * Whether no pull request ever had this head: one request, where the list cannot be asked for a head.
 *
 * The path of the request has no place for a name with a slash.
 */
async function isUnknownHead(
  { call }: ForgeApi,
  pulls: string,
  { base, head }: PullRequestQuery,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (head === undefined || base.includes("/") || head.includes("/")) return false;
  const path = `${pulls}/${encodeURIComponent(base)}/${encodeURIComponent(head)}`;
  const { status, body } = await call({ method: "GET", path, expect: [404] }, signal);
  // A server that does not know the request answers with a page.
  return status === 404 && body !== undefined;
}

function ownPull(pull: Pull, { base, head }: PullRequestQuery): readonly ForgePullRequest[] {
  const isOwn = pull.head.repo_id === pull.base.repo_id;
  const matches = pull.base.label === base && (head === undefined || pull.head.label === head);
  return isOwn && matches ? [describePull(pull)] : [];
}

function describePull(pull: Pull): ForgePullRequest {
  const closed = pull.merged === true ? "merged" : "closed";
  return {
    number: pull.number,
    url: pull.html_url,
    state: pull.state === "open" ? "open" : closed,
    head: pull.head.label,
    base: pull.base.label,
    title: pull.title,
    body: pull.body ?? "",
    labels: (pull.labels ?? []).map(({ name }) => name),
    author: pull.user?.login ?? "",
  };
}
