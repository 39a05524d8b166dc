// What a consumer needs to test policies, strategies and adapters of their own.

export { candidates, tryPolicy, type PolicyTrial } from "./try-policy.js";
export { createTestClock, type TestClock } from "./test-clock.js";
export { createMemoryLogger, type LogEntry, type MemoryLogger } from "./memory-logger.js";

export {
  inMemoryRegistry,
  type InMemoryRegistry,
  type InMemoryRegistrySettings,
} from "./in-memory-registry.js";
export type {
  ImageFixture,
  RegistryFault,
  RegistryFixture,
  RegistryPaging,
} from "./registry-fixture.js";
export type { GitFault } from "./git-fault.js";
export {
  inMemoryGit,
  type GitFixture,
  type InMemoryGit,
  type InMemoryGitSettings,
  type MemoryCommit,
} from "./in-memory-git.js";
export {
  inMemoryApplications,
  inMemoryArgoCd,
  type InMemoryApplications,
} from "./in-memory-applications.js";
export { inMemorySecrets, type SecretFixture } from "./in-memory-secrets.js";

export type { ContractCase } from "./contract-case.js";
export {
  registryClientContract,
  type RegistryClientHarness,
  type RegistryUnderTest,
} from "./registry-client-contract.js";
export {
  applicationSourceContract,
  type ApplicationSourceHarness,
  type ApplicationSourceUnderTest,
} from "./application-source-contract.js";
export { factsCacheContract, type FactsCacheHarness } from "./facts-cache-contract.js";
export {
  writeBackTargetContract,
  type WriteBackTargetHarness,
  type WriteBackUnderTest,
} from "./write-back-target-contract.js";
export {
  applicationClientContract,
  clockContract,
  secretReaderContract,
  type ApplicationClientHarness,
  type SecretReaderHarness,
} from "./port-contracts.js";
