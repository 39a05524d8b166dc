/**
 * The code of an error that a connection threw, as `ECONNREFUSED`; its name where it has no code, and
 * `unknown` for what is not an error.
 */
export function connectionCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  // Happy eyeballs: one error for each address of the host that was tried.
  const [first]: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  const source = first instanceof Error ? first : error;
  return "code" in source && typeof source.code === "string" ? source.code : source.name;
}
