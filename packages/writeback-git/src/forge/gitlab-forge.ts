import { WriteBackError } from "@image-updater/core";
import { z } from "zod";
import type { Forge, ForgePullRequest, PullRequestQuery } from "./forge.js";
import { decodeAnswer, type ForgePlace } from "./forge-error.js";
import { listPages, type ForgeApi } from "./list-pages.js";

/** Headers for GitLab's API: a personal, project, group or OAuth token is accepted in this form. */
export function gitlabHeaders(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}`, accept: "application/json" };
}

/** Merge requests on GitLab (REST API v4, "Merge requests"). */
export function createGitlabForge(api: ForgeApi, project: string): Forge {
  const { place, call } = api;
  const requests = `/projects/${encodeURIComponent(project)}/merge_requests`;
  return {
    name: place.name,
    list: async (query, signal) => {
      const list = { path: requests, query: listParameters(query), item: requestSchema, signal };
      const found = await listPages(api, list);
      return found.flatMap((request) => ownRequest(request, query));
    },
    open: async ({ head, base, title, body, labels }, signal) => {
      const draft = {
        source_branch: head,
        target_branch: base,
        title,
        description: body,
        // What cannot be set must not prevent the request; it is reported when labels are looked at.
        labels: labels.filter((label) => !label.includes(",")).join(","),
      };
      const opening = { method: "POST", path: requests, body: draft, expect: [409] } as const;
      const answer = await call(opening, signal);
      if (answer.status === 409) return { kind: "exists" };
      const pullRequest = describeRequest(decodeAnswer(place, requestSchema, answer));
      return { kind: "opened", pullRequest };
    },
    update: async (number, { title, body, addLabels = [] }, signal) => {
      const labels = addLabels.length === 0 ? undefined : joinLabels(place, addLabels);
      const changes = { title, description: body, add_labels: labels };
      await call({ method: "PUT", path: `${requests}/${number}`, body: changes }, signal);
    },
    close: async (number, { body, comment }, signal) => {
      const closing = { description: body, state_event: "close" };
      await call({ method: "PUT", path: `${requests}/${number}`, body: closing }, signal);
      const path = `${requests}/${number}/notes`;
      await call({ method: "POST", path, body: { body: comment } }, signal);
    },
  };
}

const requestSchema = z.object({
  iid: z.number(),
  web_url: z.string(),
  state: z.string(),
  title: z.string(),
  description: z.string().nullish(),
  source_branch: z.string(),
  target_branch: z.string(),
  source_project_id: z.number().nullish(),
  target_project_id: z.number(),
  labels: z.array(z.string()).catch([]),
  author: z.object({ username: z.string() }).nullish(),
});

type MergeRequest = z.infer<typeof requestSchema>;

function listParameters({ base, head, state }: PullRequestQuery): Readonly<Record<string, string>> {
  const all = {
    target_branch: base,
    state: state === "open" ? "opened" : state,
    order_by: "created_at",
    sort: "desc",
    per_page: "100",
  };
  return head === undefined ? all : { ...all, source_branch: head };
}

function ownRequest(
  request: MergeRequest,
  { base, head }: PullRequestQuery,
): readonly ForgePullRequest[] {
  const isOwn = request.source_project_id === request.target_project_id;
  const matches =
    request.target_branch === base && (head === undefined || request.source_branch === head);
  return isOwn && matches ? [describeRequest(request)] : [];
}

function describeRequest(request: MergeRequest): ForgePullRequest {
  const { state } = request;
  return {
    number: request.iid,
    url: request.web_url,
    // One that is being merged is `locked`.
    state: state === "closed" || state === "merged" ? state : "open",
    head: request.source_branch,
    base: request.target_branch,
    title: request.title,
    body: request.description ?? "",
    labels: request.labels,
    author: request.author?.username ?? "",
  };
}

/** GitLab takes one text, with commas between the labels. */
function joinLabels({ target }: ForgePlace, labels: readonly string[]): string {
  const wrong = labels.find((label) => label.includes(","));
  if (wrong === undefined) return labels.join(",");
  const message = `${target}: the label "${wrong}" has a comma, which divides labels on GitLab`;
  throw new WriteBackError("unsupported", message, { target });
}
