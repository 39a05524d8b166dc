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

function firstText(value: WebhookValue): string {
  const first = typeof value === "object" ? value[0] : value;
  return first ?? "";
}
