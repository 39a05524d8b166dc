import { z } from "zod";
import { decodeAnswer } from "./forge-error.js";
import { listPages, type ForgeApi } from "./list-pages.js";
import { isSameLabel } from "./same-label.js";

/** A repository, and the path of its part of the API. */
export interface LabelPlace {
  readonly owner: string;
  readonly root: string;
}

/** A grey that says nothing; Gitea wants a colour for a new label. */
const COLOR = "#ededed";

/**
 * The ids of labels by their names, for Gitea knows labels by id: those of the repository, else of its
 * organisation. One that neither has is made in the repository, as GitHub and GitLab do by themselves.
 */
export async function giteaLabelIds(
  api: ForgeApi,
  { owner, root }: LabelPlace,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const ids = new Map<string, number>();
  const paths = [`${root}/labels`, `/orgs/${encodeURIComponent(owner)}/labels`];
  for (const path of paths) {
    const missing = names.filter((name) => !ids.has(name));
    if (missing.length === 0) break;
    const labels = await listLabels(api, path, signal);
    for (const name of missing) {
      const label =
        labels.find((one) => one.name === name) ??
        labels.find((one) => isSameLabel(one.name, name));
      if (label !== undefined) ids.set(name, label.id);
    }
  }
  for (const name of names) {
    if (!ids.has(name)) ids.set(name, await createLabel(api, root, name, signal));
  }
  return [...ids.values()];
}

const labelSchema = z.object({ id: z.number(), name: z.string() });

type Label = z.infer<typeof labelSchema>;

/** An owner that is a person has no labels: 404. */
async function listLabels(
  api: ForgeApi,
  path: string,
  signal: AbortSignal | undefined,
): Promise<readonly Label[]> {
  const query = { limit: "50", page: "1" };
  const call: ForgeApi["call"] = async (request, given) => {
    const answer = await api.call({ ...request, expect: [404] }, given);
    return answer.status === 404 ? { ...answer, body: [] } : answer;
  };
  return listPages({ ...api, call }, { path, query, item: labelSchema, signal });
}

async function createLabel(
  { place, call }: ForgeApi,
  root: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const body = { name, color: COLOR };
  const answer = await call({ method: "POST", path: `${root}/labels`, body }, signal);
  return decodeAnswer(place, labelSchema, answer).id;
}
