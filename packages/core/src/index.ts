// The public names, in reading order: read, decide, render, write back, and the ports between them.

export {
  formatDiagnostic,
  hasErrors,
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticLocation,
  type DiagnosticSeverity,
  type Parsed,
} from "./errors/diagnostic.js";
export {
  ImageUpdaterError,
  isImageUpdaterError,
  summarizeError,
  type ErrorSummary,
} from "./errors/image-updater-error.js";
export {
  ApplicationError,
  type ApplicationErrorCode,
  type ApplicationErrorContext,
} from "./errors/application-error.js";
export {
  CredentialError,
  type CredentialErrorCode,
  type CredentialErrorContext,
} from "./errors/credential-error.js";
export { EditError, type EditErrorCode, type EditErrorContext } from "./errors/edit-error.js";
export {
  RegistryError,
  type RegistryErrorCode,
  type RegistryErrorContext,
} from "./errors/registry-error.js";
export {
  TemplateError,
  type TemplateErrorCode,
  type TemplateErrorContext,
} from "./errors/template-error.js";
export {
  WriteBackError,
  type WriteBackErrorCode,
  type WriteBackErrorContext,
} from "./errors/write-back-error.js";

export type {
  ApplicationClient,
  ApplicationSource,
  JsonPatchOperation,
} from "./ports/application-client.js";
export type { CallOptions, CancelSignal } from "./ports/cancel-signal.js";
export type { Clock } from "./ports/clock.js";
export type {
  Credential,
  CredentialProvider,
  GitCredentialRequest,
  RepositoryCredentialRequest,
} from "./ports/credential-provider.js";
export type {
  ApplicationPatchEdit,
  ArgoCdSourceChanges,
  Edit,
  EnvironmentVariable,
  FileEdit,
  HelmParameter,
  HelmValueChange,
  KustomizationImage,
} from "./ports/edits.js";
export type { Facts, TagFact, UnreadableTag } from "./ports/facts.js";
export type { LogFields, Logger } from "./ports/logger.js";
export type { ObservedEvent, Observer } from "./ports/observer.js";
export type {
  DescribedImage,
  DescribeOptions,
  ImageTime,
  RegistryCallOptions,
  RegistryClient,
  RejectedTag,
  Repository,
  TagDetails,
  TimeSource,
} from "./ports/registry-client.js";
export type { SecretData, SecretKey, SecretReader } from "./ports/secret-reader.js";
export type {
  CommitAuthor,
  ReadResult,
  WriteBackChange,
  WriteBackLocation,
  WriteBackRead,
  WriteBackTarget,
  WriteResult,
} from "./ports/write-back-target.js";
export type {
  GitCredentialReference,
  WriteBackFile,
  WriteBackSettings,
} from "./ports/write-back-settings.js";
export type { CredentialReference } from "./config/credential-reference.js";
export type {
  StrategyContext,
  StrategyRejection,
  StrategyVerdict,
  TagCandidate,
  UpdateStrategy,
} from "./strategy/update-strategy.js";
