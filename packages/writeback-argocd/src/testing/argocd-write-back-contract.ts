import { raceClauses } from "./race-clauses.js";
import { revertClauses } from "./revert-clauses.js";
import type { ApplicationsUnderTest } from "./write-clause.js";
import { writeClauses } from "./write-clauses.js";
import type { ContractCase } from "@image-updater/core/testing";

/** How the contract reaches the client under test. */
export interface ArgoCdWriteBackHarness {
  /** A fresh place that holds exactly these Applications, all in the namespace `argocd`. */
  create(manifests: readonly object[]): Promise<ApplicationsUnderTest>;
}

/**
 * What `createArgoCdWriteBack` promises over any `ApplicationClient`: what it writes, that nothing of
 * anybody else is lost, and when it stops.
 *
 * ```ts
 * for (const clause of argoCdWriteBackContract(harness)) it(clause.name, clause.run);
 * ```
 */
export function argoCdWriteBackContract(harness: ArgoCdWriteBackHarness): readonly ContractCase[] {
  return [...writeClauses, ...raceClauses, ...revertClauses].map(
    ({ name, applications, check }) => ({
      name,
      async run(): Promise<void> {
        const subject = await harness.create(applications);
        try {
          await check(subject);
        } finally {
          await subject.close();
        }
      },
    }),
  );
}
