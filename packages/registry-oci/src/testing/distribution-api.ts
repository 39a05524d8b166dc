import { errorAnswer, jsonAnswer, type Answer, type Ask } from "./answer.js";
import { answerReferrers, type OciTestReferrers } from "./answer-referrers.js";
import type { BuiltPart } from "./built-part.js";
import type { ImageStore } from "./image-store.js";

/** What a request is about. */
export type Route =
  | { readonly kind: "ping" | "token" | "unknown" }
  | { readonly kind: "tags" | "tags-page"; readonly repository: string }
  | {
      readonly kind: "manifest" | "config" | "layer" | "referrers";
      readonly repository: string;
      readonly reference: string;
    };

/** How the next page is named: `bare` without brackets, `no-rel` without saying that it is the next. */
export type OciTestLinks = "relative" | "absolute" | "bare" | "no-rel" | "none";

/** How the API answers. */
export interface ApiOptions {
  readonly pageSize: number;
  readonly links: OciTestLinks;
  readonly refusesPagesOver: number | undefined;
  readonly order: "lexical" | "pushed";
  readonly blobsAt: string | undefined;
  readonly referrers: OciTestReferrers;
}

/** Finds what a request is about. */
export function routeOf({ url }: Ask, store: ImageStore): Route {
  if (url.pathname === "/token") return { kind: "token" };
  if (url.pathname === "/v2/" || url.pathname === "/v2") return { kind: "ping" };
  const [, repository = "", resource, reference = ""] =
    /^\/v2\/(.+)\/(tags|manifests|blobs|referrers)\/([^/]+)$/.exec(
      decodeURIComponent(url.pathname),
    ) ?? [];
  if (resource === "tags" && reference === "list") {
    return { kind: url.searchParams.has("last") ? "tags-page" : "tags", repository };
  }
  if (resource === "manifests") return { kind: "manifest", repository, reference };
  if (resource === "referrers") return { kind: "referrers", repository, reference };
  if (resource !== "blobs") return { kind: "unknown" };
  const isConfig = store.blob(repository, reference)?.kind === "config";
  return { kind: isConfig ? "config" : "layer", repository, reference };
}

/** Answers by the distribution specification: pulling, and deleting manifests. */
export function answerApi(ask: Ask, route: Route, store: ImageStore, options: ApiOptions): Answer {
  switch (route.kind) {
    case "ping":
      return jsonAnswer(200, {}, { "docker-distribution-api-version": "registry/2.0" });
    case "tags":
    case "tags-page":
      return answerTags(ask, route.repository, store, options);
    case "manifest":
      return answerManifest(ask, route.repository, route.reference, store);
    case "config":
    case "layer":
      return answerBlob(ask, route.repository, route.reference, store, options);
    case "referrers":
      return answerReferrers(ask, route.repository, route.reference, store, options);
    case "token":
    case "unknown":
      break;
  }
  return errorAnswer(404, "UNSUPPORTED");
}

function answerTags(ask: Ask, repository: string, store: ImageStore, options: ApiOptions): Answer {
  if (!store.has(repository)) return errorAnswer(404, "NAME_UNKNOWN");
  const pushed = store.tags(repository);
  const tags = options.order === "pushed" ? pushed : pushed.toSorted();
  const last = ask.url.searchParams.get("last");
  const wanted = Number(ask.url.searchParams.get("n") ?? 0);
  const { refusesPagesOver = wanted } = options;
  if (wanted > refusesPagesOver) return errorAnswer(400, "TOO_MANY_TAGS_REQUESTED");
  const asked = wanted === 0 ? options.pageSize : wanted;
  const size = Math.min(asked, options.pageSize);
  const start = last === null ? 0 : tags.indexOf(last) + 1;
  const page = tags.slice(start, start + size);
  const end = page.at(-1);
  const isLast = end === undefined || start + size >= tags.length || options.links === "none";
  const headers = isLast ? {} : { link: nextLink(ask, end, size, options) };
  return jsonAnswer(200, { name: repository, tags: page }, headers);
}

function nextLink({ url }: Ask, last: string, size: number, { links }: ApiOptions): string {
  const query = new URLSearchParams({ last, n: String(size) });
  const origin = links === "absolute" ? url.origin : "";
  const target = `${origin}${url.pathname}?${query.toString()}`;
  if (links === "no-rel") return `<${target}>`;
  return links === "bare" ? `${target}; rel="next"` : `<${target}>; rel="next"`;
}

function answerManifest(
  { method }: Ask,
  repository: string,
  reference: string,
  store: ImageStore,
): Answer {
  if (!store.has(repository)) return errorAnswer(404, "NAME_UNKNOWN");
  const manifest = store.manifest(repository, reference);
  if (manifest === undefined) return errorAnswer(404, "MANIFEST_UNKNOWN");
  if (method !== "DELETE") return partAnswer(manifest, manifest.mediaType);
  store.delete(repository, reference);
  return { status: 202, headers: {}, body: Buffer.alloc(0) };
}

function answerBlob(
  { url }: Ask,
  repository: string,
  digest: string,
  store: ImageStore,
  { blobsAt }: ApiOptions,
): Answer {
  const blob = store.blob(repository, digest);
  if (blob === undefined) return errorAnswer(404, "BLOB_UNKNOWN");
  if (blobsAt === undefined) return partAnswer(blob, "application/octet-stream");
  const location = `${blobsAt}${url.pathname}`;
  return { status: 307, headers: { location }, body: Buffer.alloc(0) };
}

function partAnswer({ bytes, digest }: BuiltPart, mediaType: string): Answer {
  const headers = {
    "content-type": mediaType,
    "docker-content-digest": digest,
    etag: `"${digest}"`,
  };
  return { status: 200, headers, body: bytes };
}
