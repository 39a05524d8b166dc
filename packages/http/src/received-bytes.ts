/**
 * The same error, and the errors it comes from, without the bytes of a server that undici keeps in
 * them: they hold whatever the server says, headers and status text too.
 */
export function withoutReceivedBytes<T>(error: T): T {
  const seen = new Set<unknown>();
  for (let one: unknown = error; one instanceof Error && !seen.has(one); one = one.cause) {
    seen.add(one);
    if ("data" in one) Reflect.deleteProperty(one, "data");
  }
  return error;
}
