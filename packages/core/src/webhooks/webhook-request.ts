/** One value, or all of a name that was sent several times; the first of them counts. */
export type WebhookValue = string | readonly string[] | undefined;

/** What a registry sent, without any web framework's types. */
export interface WebhookRequest {
  /** Names in any case. */
  readonly headers: Readonly<Record<string, WebhookValue>>;
  /** As it came, before any body parser: a signature is over these bytes. */
  readonly body: Uint8Array | string;
  /** Decoded query parameters of the webhook's URL. */
  readonly query?: Readonly<Record<string, WebhookValue>> | undefined;
  /** What the sender must prove to know. Nothing is checked when absent; an empty one is refused. */
  readonly secret?: string | undefined;
}

/** A header's value, or an empty text. */
export function readHeader({ headers }: Pick<WebhookRequest, "headers">, name: string): string {
  const wanted = name.toLowerCase();
  const key = Object.keys(headers).find((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? "" : firstText(headers[key]);
}

/** A query parameter's value, or an empty text. */
export function readQuery({ query = {} }: Pick<WebhookRequest, "query">, name: string): string {
  return Object.hasOwn(query, name) ? firstText(query[name]) : "";
}

/** The query parameters of a URL or of a path with a query; of a repeated one, the first counts. */
export function parseQuery(url: string): Readonly<Record<string, string>> {
  const [address = ""] = url.split("#");
  const start = address.indexOf("?");
  if (start === -1) return {};
  const pairs = address
    .slice(start + 1)
    .split("&")
    .filter((pair) => pair !== "");
  return Object.fromEntries(pairs.map(parsePair).toReversed());
}

function parsePair(pair: string): readonly [string, string] {
  const equals = pair.indexOf("=");
  if (equals === -1) return [decode(pair), ""];
  return [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
}

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // A stray percent sign stands for itself.
    return spaced;
  }
}

function firstText(value: WebhookValue): string {
  const first = typeof value === "object" ? value[0] : value;
  return first ?? "";
}
