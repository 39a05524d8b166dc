import { isWebPage } from "@image-updater/http";
import type { HttpResponse } from "../http/http-message.js";

/** 404 by the specification; the others are what registries say to a path they do not know. */
const UNKNOWN: ReadonlySet<number> = new Set([400, 404, 405, 406, 410, 501]);

/**
 * Whether the answer is that of a registry without the referrers API: it does not know the path, sends
 * elsewhere, or answers with a web page. A refusal, a limit and a failure say nothing of that.
 */
export function lacksReferrers(response: HttpResponse): boolean {
  const { status, body } = response;
  if (UNKNOWN.has(status) || (status >= 300 && status < 400)) return true;
  return status === 200 && (isWebPage(response) || startsWithTag(body));
}

/** No JSON does. */
function startsWithTag(body: Uint8Array): boolean {
  return Buffer.from(body.subarray(0, 100)).toString("latin1").trimStart().startsWith("<");
}
