import type { ForgeRepository } from "./forge-repository.js";

/** A request to the API, once it is known who asks. */
export interface ForgeApiRequest {
  readonly method: string;
  /** Below the base of the API, percent-encoded as it came. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Account that the token belongs to. */
  readonly account: string;
  /** Base URL of the API, for links. */
  readonly baseUrl: string;
  /** The most that a page holds. */
  readonly maxPageSize: number;
}

/** An answer in JSON. */
export interface ForgeApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The API of one kind of forge. */
export interface ForgeApiDouble {
  /** Path of the API on its server: `/api/v3`. */
  readonly basePath: string;
  /** The token that a request brings, in whichever header this forge takes it. */
  tokenOf(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined;
  readonly unauthorized: ForgeApiAnswer;
  answer(
    request: ForgeApiRequest,
    repositories: ReadonlyMap<string, ForgeRepository>,
  ): Promise<ForgeApiAnswer>;
}

/** One page of a list, with links to the others (RFC 8288). */
export function pageOf(
  { path, query, baseUrl, maxPageSize }: ForgeApiRequest,
  sizeParameter: "per_page" | "limit",
  items: readonly unknown[],
): ForgeApiAnswer {
  const size = Math.min(Number(query.get(sizeParameter) ?? "30"), maxPageSize);
  const page = Number(query.get("page") ?? "1");
  const last = Math.max(1, Math.ceil(items.length / size));
  const linkTo = (number: number, relation: string): string => {
    const other = new URLSearchParams(query);
    other.set("page", String(number));
    return `<${baseUrl}${path}?${other.toString()}>; rel="${relation}"`;
  };
  const links = page < last ? [linkTo(page + 1, "next"), linkTo(last, "last")] : [];
  const body = items.slice((page - 1) * size, page * size);
  return {
    status: 200,
    body,
    ...(links.length === 0 ? {} : { headers: { link: links.join(", ") } }),
  };
}

/** A field of a body that is a text; empty where it is none. */
export function textField(body: ForgeApiRequest["body"], name: string): string {
  const value = body[name];
  return typeof value === "string" ? value : "";
}

/** Whether a body holds a field at all: what is absent is not changed. */
export function hasText(body: ForgeApiRequest["body"], name: string): boolean {
  return typeof body[name] === "string";
}

/** The items of a field that is a list. */
export function listField(body: ForgeApiRequest["body"], name: string): readonly unknown[] {
  const value: unknown = body[name];
  return Array.isArray(value) ? value : [];
}
