const SECONDS = /^\d{1,9}$/;
/** The form of today, and that of RFC 850, which a recipient must accept, too (RFC 9110, 5.6.7). */
const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:, \d{2} [A-Z][a-z]{2} \d{4}|[a-z]{3,6}, \d{2}-[A-Z][a-z]{2}-\d{2}) \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The seconds a `Retry-After` header asks to wait (RFC 9110 section 10.2.3): a number or an HTTP date.
 *
 * A date in the past is 0; what is neither is `undefined`.
 */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  const text = value?.trim() ?? "";
  if (SECONDS.test(text)) return Number(text);
  if (!HTTP_DATE.test(text)) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  return Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
