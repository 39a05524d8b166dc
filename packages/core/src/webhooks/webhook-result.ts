/** Something was pushed to a repository. */
export interface PushEvent {
  /** Who told it: a `WebhookKind`, or the name of a parser of one's own. */
  readonly kind: string;
  /** Registry host, with the port if there is one. */
  readonly registry: string;
  /** Path on the registry, as the sender writes it: `library/nginx`. */
  readonly repository: string;
  /** Absent for a push by digest. */
  readonly tag?: string | undefined;
  /** As the sender writes it; many senders give none. */
  readonly digest?: string | undefined;
}

/** Why a webhook was not taken; add codes at the end, never rename one. */
export type WebhookRefusalCode =
  | "too-large"
  | "invalid-json"
  | "unsupported-content-type"
  | "missing-secret"
  | "unauthorized"
  | "secret-not-configured"
  | "unsupported-event"
  | "missing-field"
  | "wrong-method"
  | "unknown-kind"
  | "invalid-request"
  | "parser-failed";

/** A webhook that is not a push, or that nobody may trust. */
export interface WebhookRefusal {
  readonly kind: "refused";
  readonly code: WebhookRefusalCode;
  /** What is wrong and what would be right. Never holds a secret. */
  readonly message: string;
  /** HTTP status for the sender: 413, 405, 500 for a parser that fails, else 400, as Argo CD Image Updater answers. */
  readonly status: number;
}

/** A webhook that tells of a push. */
export interface WebhookPush {
  readonly kind: "push";
  readonly event: PushEvent;
  /** Further pushes that came with it, to other repositories. */
  readonly others?: readonly PushEvent[] | undefined;
  /** What the sender calls this delivery; it sends the same again when it was not answered. */
  readonly delivery?: string | undefined;
}

/** A webhook that wants an answer and no work: a handshake, or news that are not of a push. */
export interface WebhookAnswer {
  readonly kind: "answer";
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body: string;
}

/** What came out of a webhook. */
export type WebhookResult = WebhookPush | WebhookAnswer | WebhookRefusal;

/** What a payload says of a push; an empty text is something it does not say. */
export interface PushFields {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/**
 * The event of a push, or a refusal when one of the fields that `origins` places in the request is
 * empty.
 */
export function acceptPush(
  kind: string,
  fields: PushFields,
  origins: Readonly<Partial<Record<keyof PushFields, string>>>,
): WebhookPush | WebhookRefusal {
  const { registry, repository, tag, digest } = fields;
  for (const name of ["registry", "repository", "tag", "digest"] as const) {
    const origin = origins[name];
    if (origin === undefined || fields[name] !== "") continue;
    return refuse("missing-field", `the webhook names no ${name}; it belongs in ${origin}`);
  }
  const optional = { ...(tag === "" ? {} : { tag }), ...(digest === "" ? {} : { digest }) };
  return { kind: "push", event: { kind, registry, repository, ...optional } };
}

/**
 * The pushes of a webhook that holds several events, of which `read` answers undefined for what is not
 * a push. Where none is, the sender gets a success: it would send the same again for ever.
 */
export function acceptPushes<T>(
  events: readonly T[],
  read: (event: T) => WebhookPush | WebhookRefusal | undefined,
): WebhookResult {
  const results = events.map((event) => read(event)).filter((result) => result !== undefined);
  const pushes = results.filter((result) => result.kind === "push").map(({ event }) => event);
  const [event, ...others] = pushes;
  if (event !== undefined) {
    return { kind: "push", event, ...(others.length === 0 ? {} : { others }) };
  }
  return results.find((result) => result.kind === "refused") ?? ignore("nothing was pushed");
}

/** A success without work, for senders that repeat what is refused. */
export function ignore(message: string): WebhookAnswer {
  return { kind: "answer", status: 200, body: `${message}\n` };
}

/** The result with the name of the delivery, where the sender gives one. */
export function withDelivery(result: WebhookResult, delivery: string): WebhookResult {
  return result.kind === "push" && delivery !== "" ? { ...result, delivery } : result;
}

/** A refusal with the status of its code. */
export function refuse(code: WebhookRefusalCode, message: string): WebhookRefusal {
  return { kind: "refused", code, message, status: STATUS[code] ?? 400 };
}

const STATUS: Readonly<Partial<Record<WebhookRefusalCode, number>>> = {
  "too-large": 413,
  "wrong-method": 405,
  "parser-failed": 500,
};

const MAXIMUM_QUOTE = 60;

/** A value of the sender's for a message: on one line and short. */
export function quote(value: string): string {
  return JSON.stringify(value.length > MAXIMUM_QUOTE ? `${value.slice(0, MAXIMUM_QUOTE)}…` : value);
}
