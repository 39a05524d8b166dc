import type { FixedAnswer, TagListAnswers } from "../registry-front.js";
import { describe, playApplication, type Played } from "../play-application.js";
import { fieldsOf, textOf, textsOf, type Checks, type Finding } from "../trial.js";

/** Trials about lists that are cut short, and about tags of a list that cannot be read. */
export const listChecks: Checks = {
  async "page-no-link"(): Promise<Finding> {
    const tags = versions(1500);
    const played = await listed({ tags, cap: 1000 }, "1.0.1499");
    return isUpToDate(played);
  },
  async "page-link-not-understood"({ input }): Promise<Finding> {
    const tags = versions(2500);
    const links = textsOf(fieldsOf(input)["linkHeaders"]);
    const found = await Promise.all(
      links.map(async (link) => {
        const template = link.replace("last=1.0.999", "last={last}");
        const played = await listed({ tags, cap: 1000, link: template }, "1.0.0");
        const { outcome, tag } = decided(played);
        return { right: outcome === "error" || tag === "1.0.2499", now: describe(played) };
      }),
    );
    return all(found);
  },
  async "page-limit-refused-quay"({ input }): Promise<Finding> {
    const { server, tags: count } = fieldsOf(input);
    const { maxN, over } = fieldsOf(server);
    const { status, code } = fieldsOf(over);
    const refusedAbove = { n: Number(maxN), status: Number(status), code: textOf(code) };
    const link = '</v2/o/x/tags/list?n={n}&last={last}>; rel="next"';
    const lists = { tags: versions(Number(count)), refusedAbove, cap: Number(maxN), link };
    const played = await listed(lists, "1.0.0");
    return { right: decided(played).tag === `1.0.${Number(count) - 1}`, now: describe(played) };
  },
  async "page-artifactory"({ input }): Promise<Finding> {
    const { path, link } = fieldsOf(input);
    const repository = textOf(path);
    const tags = versions(1500);
    const played = await playApplication({
      annotations: { "image-list": `x=r.example.com/${repository}:1.x` },
      live: [`r.example.com/${repository}:1.0.0`],
      images: {},
      // Artifactory leaves the repository key out of the path that it links to.
      lists: {
        repository,
        tags,
        cap: 1000,
        link: textOf(link).replace("last=1000", "last={last}"),
      },
    });
    return { right: decided(played).tag === "1.0.1499", now: describe(played) };
  },
  async "list-flaps"({ input }): Promise<Finding> {
    const { tags, running, strategies } = fieldsOf(input);
    const found = await Promise.all(
      textsOf(strategies).map(async (strategy) => {
        const played = await playApplication({
          annotations: { "image-list": "x=r.example.com/o/x", "x.update-strategy": strategy },
          live: [`r.example.com/o/x:${textOf(running)}`],
          images: { "o/x": textsOf(tags) },
        });
        const { outcome } = decided(played);
        const isSaid = played.diagnostics.some(({ message }) => message.includes(textOf(running)));
        return { right: outcome !== "update" || isSaid, now: `${strategy}: ${describe(played)}` };
      }),
    );
    return all(found);
  },
  async "gzip-unasked"(): Promise<Finding> {
    const played = await listed({ tags: versions(3), gzip: true }, "1.0.0");
    return { right: decided(played).tag === "1.0.2", now: describe(played) };
  },
  async "broken-old-tag-412"({ input }): Promise<Finding> {
    const { manifestOf } = fieldsOf(input);
    const { status, code } = fieldsOf(fieldsOf(manifestOf)["old"]);
    const answer = { status: Number(status), code: textOf(code) };
    return newestBeside({ ...answer, of: { repository: "o/x", tag: "old", part: "manifest" } });
  },
  async "broken-old-tag-blob"({ input }): Promise<Finding> {
    const { configBlobOf } = fieldsOf(input);
    const { status, code } = fieldsOf(fieldsOf(configBlobOf)["old"]);
    const of = { repository: "o/x", tag: "old", part: "config" } as const;
    return newestBeside({ status: Number(status), code: textOf(code), of });
  },
};

function versions(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `1.0.${index}`);
}

function listed(lists: TagListAnswers, running: string): Promise<Played> {
  return playApplication({
    annotations: { "image-list": "x=r.example.com/o/x:1.x" },
    live: [`r.example.com/o/x:${running}`],
    images: {},
    lists: { repository: "o/x", ...lists },
  });
}

async function newestBeside(fixed: FixedAnswer): Promise<Finding> {
  const played = await playApplication({
    annotations: { "image-list": "x=r.example.com/o/x", "x.update-strategy": "newest-build" },
    live: ["r.example.com/o/x:run"],
    images: { "o/x": ["old", "run", "next"] },
    fixed: [fixed],
  });
  const { outcome, tag } = decided(played);
  return { right: outcome === "update" && tag === "next", now: describe(played) };
}

function isUpToDate(played: Played): Finding {
  const { outcome } = decided(played);
  return { right: outcome === "up-to-date" || outcome === "error", now: describe(played) };
}

function decided(played: Played): { readonly outcome: string; readonly tag: string | undefined } {
  const { image } = played;
  return { outcome: image?.decision.outcome ?? "none", tag: image?.decision.tag };
}

/** Right when all are. */
export function all(findings: readonly Finding[]): Finding {
  return {
    right: findings.length > 0 && findings.every(({ right }) => right),
    now: findings.map(({ now }) => now).join(" | "),
  };
}
