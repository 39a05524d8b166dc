import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { request } from "undici";
import { fieldsOf, textOf } from "./trial.js";

/** How the front answers lists of tags, in place of the registry behind it. */
export interface TagListAnswers {
  /** All tags, in the order in which they are listed. */
  readonly tags: readonly string[];
  /** Most tags of an answer, whatever was asked for. */
  readonly cap?: number | undefined;
  /** The header that names the next page; default none at all. `{n}` and `{last}` are filled in. */
  readonly link?: string | undefined;
  /** A page size above this is refused. */
  readonly refusedAbove?:
    | { readonly n: number; readonly status: number; readonly code: string }
    | undefined;
  readonly gzip?: boolean | undefined;
}

/** An error in place of the registry's answer. */
export interface FixedAnswer {
  /** The tag whose manifest or config blob is asked for; every request without it. */
  readonly of?:
    | {
        readonly repository: string;
        readonly tag: string;
        readonly part: "manifest" | "config";
      }
    | undefined;
  readonly status: number;
  readonly code: string;
  /** The `www-authenticate` header; default none. */
  readonly challenge?: string | undefined;
}

/** Settings of {@link startRegistryFront}. */
export interface FrontSettings {
  /** Base URL of the registry behind it. */
  readonly backend: string;
  readonly lists?: (TagListAnswers & { readonly repository: string }) | undefined;
  readonly fixed?: readonly FixedAnswer[] | undefined;
}

/** A front on loopback. */
export interface RegistryFront {
  readonly url: string;
  /** Paths with query, oldest first. */
  readonly requests: readonly string[];
  /** Values of `authorization` headers that came, as text: Basic ones decoded. */
  readonly credentials: readonly string[];
  close(): Promise<void>;
}

/** Starts a server that stands in front of a registry and answers some requests in its own way. */
export async function startRegistryFront(settings: FrontSettings): Promise<RegistryFront> {
  const requests: string[] = [];
  const credentials: string[] = [];
  const fixed = await Promise.all(
    (settings.fixed ?? []).map(async (one) => ({
      ...one,
      names: one.of === undefined ? undefined : await namesOf(settings.backend, one.of),
    })),
  );
  const server = createServer((incoming, response) => {
    const path = incoming.url ?? "/";
    requests.push(path);
    const { authorization } = incoming.headers;
    if (authorization !== undefined) credentials.push(readAuthorization(authorization));
    answer({ ...settings, fixed }, incoming, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    credentials,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface NamedAnswer extends FixedAnswer {
  /** Last segments of the paths that it answers; undefined for all. */
  readonly names: readonly string[] | undefined;
}

/** What a part of an image goes by in a path: the manifest by tag and digest, the config by digest. */
async function namesOf(
  backend: string,
  { repository, tag, part }: NonNullable<FixedAnswer["of"]>,
): Promise<readonly string[]> {
  const { headers, body } = await request(`${backend}/v2/${repository}/manifests/${tag}`);
  const manifest = fieldsOf(await body.json());
  return part === "manifest"
    ? [tag, textOf(headers["docker-content-digest"])]
    : [textOf(fieldsOf(manifest["config"])["digest"])];
}

async function answer(
  settings: Omit<FrontSettings, "fixed"> & { readonly fixed: readonly NamedAnswer[] },
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { backend, lists, fixed } = settings;
  const path = incoming.url ?? "/";
  const name = path.split("/").at(-1) ?? "";
  const found = fixed.find(({ names }) => names === undefined || names.includes(name));
  if (found !== undefined) {
    if (found.challenge !== undefined) response.setHeader("www-authenticate", found.challenge);
    sendJson(response, found.status, { errors: [{ code: found.code, message: "refused" }] });
    return;
  }
  const url = new URL(path, "http://registry.invalid");
  if (lists !== undefined && url.pathname === `/v2/${lists.repository}/tags/list`) {
    answerList(lists, url, response);
    return;
  }
  const passed = await request(new URL(path, backend), {
    method: incoming.method === "HEAD" ? "HEAD" : "GET",
    headers: { accept: incoming.headers.accept ?? "*/*" },
  });
  const body = Buffer.from(await passed.body.arrayBuffer());
  const { "content-length": _length, "transfer-encoding": _encoding, ...headers } = passed.headers;
  response.writeHead(passed.statusCode, headers);
  response.end(incoming.method === "HEAD" ? undefined : body);
}

function answerList(lists: TagListAnswers, url: URL, response: ServerResponse): void {
  const asked = Number(url.searchParams.get("n") ?? Number.POSITIVE_INFINITY);
  const { refusedAbove: limit } = lists;
  if (limit !== undefined && Number.isFinite(asked) && asked > limit.n) {
    sendJson(response, limit.status, { errors: [{ code: limit.code, message: "too many" }] });
    return;
  }
  const last = url.searchParams.get("last");
  const start = last === null ? 0 : lists.tags.indexOf(last) + 1;
  const size = Math.min(asked, lists.cap ?? Number.POSITIVE_INFINITY, lists.tags.length);
  const tags = lists.tags.slice(start, start + size);
  const more = start + tags.length < lists.tags.length;
  if (more && lists.link !== undefined) {
    const next = lists.link.replaceAll("{n}", String(size)).replaceAll("{last}", tags.at(-1) ?? "");
    response.setHeader("link", next);
  }
  sendJson(response, 200, { name: "o/x", tags }, lists.gzip);
}

function sendJson(response: ServerResponse, status: number, data: unknown, gzip = false): void {
  const text = Buffer.from(JSON.stringify(data));
  response.writeHead(status, {
    "content-type": "application/json",
    ...(gzip ? { "content-encoding": "gzip" } : {}),
  });
  response.end(gzip ? gzipSync(text) : text);
}

function readAuthorization(header: string): string {
  return header.startsWith("Basic ")
    ? Buffer.from(header.slice("Basic ".length), "base64").toString("utf8")
    : header;
}
