import type { WebhookKind } from "./webhook-kind.js";

/** Something was pushed to a repository. */
export interface PushEvent {
  /** Who told it. */
  readonly kind: WebhookKind;
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
  | "unknown-kind";

/** A webhook that is no push, or that nobody may trust. */
export interface WebhookRefusal {
  readonly kind: "refused";
  readonly code: WebhookRefusalCode;
  /** What is wrong and what would be right. Never holds a secret. */
  readonly message: string;
  /** HTTP status for the sender: 413, 405, else 400, as Argo CD Image Updater answers. */
  readonly status: number;
}

/** What came out of a webhook. */
export type WebhookResult = { readonly kind: "push"; readonly event: PushEvent } | WebhookRefusal;

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
  kind: WebhookKind,
  fields: PushFields,
  origins: Readonly<Partial<Record<keyof PushFields, string>>>,
): WebhookResult {
  const { registry, repository, tag, digest } = fields;
  for (const name of ["registry", "repository", "tag", "digest"] as const) {
    const origin = origins[name];
    if (origin === undefined || fields[name] !== "") continue;
    return refuse("missing-field", `the webhook names no ${name}; it belongs in ${origin}`);
  }
  const optional = { ...(tag === "" ? {} : { tag }), ...(digest === "" ? {} : { digest }) };
  return { kind: "push", event: { kind, registry, repository, ...optional } };
}

/** A refusal with the status of its code. */
export function refuse(code: WebhookRefusalCode, message: string): WebhookRefusal {
  return { kind: "refused", code, message, status: STATUS[code] ?? 400 };
}

const STATUS: Readonly<Partial<Record<WebhookRefusalCode, number>>> = {
  "too-large": 413,
  "wrong-method": 405,
};

const MAXIMUM_QUOTE = 60;

/** A value of the sender's for a message: on one line and short. */
export function quote(value: string): string {
  return JSON.stringify(value.length > MAXIMUM_QUOTE ? `${value.slice(0, MAXIMUM_QUOTE)}…` : value);
}
