import type { ContractCase } from "../../src/testing/index.js";

/** Names of the clauses that do not hold. */
export async function brokenClauses(clauses: readonly ContractCase[]): Promise<readonly string[]> {
  const names = await Promise.all(
    clauses.map(({ name, run }) =>
      run().then(
        () => [],
        () => [name],
      ),
    ),
  );
  return names.flat();
}
