import type { PushFields } from "../webhook-result.js";

/** The attributes of a CloudEvent that are read; an empty text is an absent one. */
export interface CloudEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The first of the fields of an event's data that is a text and not empty. */
export function dataText({ data }: Pick<CloudEvent, "data">, ...names: readonly string[]): string {
  for (const name of names) {
    const value = data[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return "";
}

/** Repository and tag of a subject such as `team/app:1.2.3`; empty when it has no colon. */
export function splitSubject({
  subject,
}: Pick<CloudEvent, "subject">): Pick<PushFields, "repository" | "tag"> {
  const colon = subject.indexOf(":");
  if (colon === -1) return { repository: "", tag: "" };
  return { repository: subject.slice(0, colon), tag: subject.slice(colon + 1) };
}
