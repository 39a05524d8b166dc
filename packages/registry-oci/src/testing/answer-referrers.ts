import { errorAnswer, jsonAnswer, type Answer, type Ask } from "./answer.js";
import { referrersIndex, referrersMediaType } from "./build-referrer.js";
import type { ImageStore } from "./image-store.js";

/**
 * How a registry keeps what is attached to an image: by the referrers API, by the fallback tag, not at
 * all, or by the fallback tag while the API sends to a web page of another host, as GHCR does.
 */
export type OciTestReferrers = "api" | "tag" | "none" | "web-page";

/** What the answer depends on. */
export interface ReferrersSettings {
  readonly referrers: OciTestReferrers;
  readonly pageSize: number;
}

/** Answers the referrers API, filtered and in pages, or as a registry that has none. */
export function answerReferrers(
  { url }: Ask,
  repository: string,
  subject: string,
  store: ImageStore,
  { referrers, pageSize }: ReferrersSettings,
): Answer {
  if (referrers === "web-page") return webPage(url);
  if (referrers !== "api") return errorAnswer(404, "UNSUPPORTED");
  if (!store.has(repository)) return errorAnswer(404, "NAME_UNKNOWN");
  const type = url.searchParams.get("artifactType");
  const all = store.referrers(repository, subject);
  const found = type === null ? all : all.filter(({ artifactType }) => artifactType === type);
  const start = Number(url.searchParams.get("start") ?? 0);
  const page = found.slice(start, start + pageSize);
  const isLast = start + pageSize >= found.length;
  return jsonAnswer(200, referrersIndex(page), {
    "content-type": referrersMediaType,
    ...(type === null ? {} : { "oci-filters-applied": "artifactType" }),
    ...(isLast ? {} : { link: nextLink(url, start + pageSize) }),
  });
}

function nextLink(url: URL, start: number): string {
  const query = new URLSearchParams(url.searchParams);
  query.set("start", String(start));
  return `<${url.pathname}?${query.toString()}>; rel="next"`;
}

/** The same server by another name: whoever follows is seen in its log. */
function webPage({ protocol, port, pathname }: URL): Answer {
  const location = `${protocol}//localhost:${port}/web${pathname}`;
  const body = Buffer.from("<!doctype html><title>See other</title>");
  return { status: 303, headers: { "content-type": "text/html", location }, body };
}
