/** One clause of a contract: any test runner can run it. */
export interface ContractCase {
  readonly name: string;
  /** Resolves when the clause holds, throws when it does not. */
  run(): Promise<void>;
}

/** Throws unless both are the same data. */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  const left = JSON.stringify(actual);
  const right = JSON.stringify(expected);
  if (left !== right) throw new Error(`${what}: expected ${right}, got ${left}`);
}

/** What a promise was rejected with; throws when it was not. */
export async function rejectionOf(promise: Promise<unknown>, what: string): Promise<unknown> {
  const settled = await promise.then(
    (value) => ({ kind: "resolved", value }) as const,
    (error: unknown) => ({ kind: "rejected", error }) as const,
  );
  if (settled.kind === "rejected") return settled.error;
  throw new Error(`${what}: expected an error, got ${JSON.stringify(settled.value)}`);
}
