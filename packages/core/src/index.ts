// The public names, in reading order: read, decide, render, write back, and the ports between them.

// An Application and what its annotations say
export { applicationOwner, type ApplicationOwner } from "./application/application-owner.js";
export { readApplication, type ReadApplicationOptions } from "./application/read-application.js";
export type {
  Application,
  ApplicationSourceSpec,
  ApplicationType,
} from "./application/application.js";
export {
  parseAnnotations,
  type AnnotatedApplication,
  type AnnotationOptions,
  type InvalidImage,
} from "./annotations/parse-annotations.js";
export type { Annotations } from "./annotations/read-annotation.js";
export type { SourceChoice } from "./policy/source-choice.js";
export type { OtherParameters } from "./annotations/parse-other-parameters.js";

// ImageUpdater resources
export {
  findApplicationRef,
  IMAGE_UPDATER_API_VERSION,
  parseImageUpdater,
  type ImageUpdaterOptions,
  type ImageUpdaterResource,
} from "./crd/parse-image-updater.js";
export type {
  ApplicationLabels,
  ApplicationRef,
  ApplicationRefSettings,
} from "./crd/application-ref.js";
export {
  nextImageUpdaterStatus,
  type BrokenRef,
  type EndedCycle,
  type StartedCycle,
  type StoppedCycle,
  type WrittenUpdate,
} from "./crd/next-image-updater-status.js";
export {
  decodeStatus,
  type ImageUpdaterStatus,
  type RecentUpdate,
  type StatusCondition,
} from "./crd/image-updater-status.js";

// One image under care
export type { ImagePolicy, ImageVerification } from "./policy/image-policy.js";
export type {
  CommonUpdateSettings,
  CosignKey,
  HelmTarget,
  ImageSettings,
  ManifestTargets,
} from "./policy/image-settings.js";
export {
  parseImagePolicy,
  type ImagePolicyOptions,
  type SettingName,
} from "./policy/parse-image-policy.js";
export { parseImageList, parseTrackedImage, type TrackedImage } from "./image/image-list.js";
export { parseImageReference } from "./image/parse-image-reference.js";
export { createImageReference, type ImageReferenceFields } from "./image/create-image-reference.js";
export type { ImageReference } from "./image/image-reference.js";
export type { ImageName } from "./image/reference-grammar.js";
export { formatPlatform, parsePlatform, platformMatches, type Platform } from "./image/platform.js";

// Tags, versions and strategies
export { parseTagFilter, type TagFilterSettings } from "./tags/parse-tag-filter.js";
export { compileGlob, type Glob } from "./tags/glob.js";
export type { FilterVerdict, TagFilter } from "./tags/tag-filter.js";
export type { TagReason } from "./tags/tag-reason.js";
export { formatTagReason } from "./tags/format-tag-reason.js";
export { parseVersion } from "./version/parse-version.js";
export { compareVersions } from "./version/compare-versions.js";
export type { Version } from "./version/version.js";
export { parseVersionConstraint } from "./version/parse-version-constraint.js";
export type { MatchOptions, VersionConstraint } from "./version/version-constraint.js";
export type {
  StrategyContext,
  StrategyRejection,
  StrategyVerdict,
  TagCandidate,
  UpdateStrategy,
} from "./strategy/update-strategy.js";
export { semverStrategy } from "./strategy/semver-strategy.js";
export { newestBuildStrategy } from "./strategy/newest-build-strategy.js";
export { alphabeticalStrategy } from "./strategy/alphabetical-strategy.js";
export { digestStrategy } from "./strategy/digest-strategy.js";
export { compareImageTimes } from "./strategy/compare-image-times.js";

// The decision
export { decide, type DecisionInput } from "./decision/decide.js";
export type { Decision, Outcome, TagVerdict } from "./decision/decision.js";
export type { DecisionReason } from "./decision/decision-reason.js";
export { formatDecisionReason } from "./decision/format-decision-reason.js";
export { describeReason, wasCancelled } from "./decision/describe-reason.js";

// Registries and credentials as configuration
export { parseRegistriesConf } from "./config/registries-conf.js";
export {
  defaultRegistry,
  type RegistryConfig,
  type TagSortMode,
} from "./config/registry-config.js";
export { resolveRegistry, type ResolvedRegistry } from "./config/resolve-registry.js";
export type { CredentialReference } from "./config/credential-reference.js";
export { parseGoDuration } from "./config/go-duration.js";
export {
  formatCredentialReference,
  parseCredentialReference,
  parseUserPassword,
  readUserPassword,
  type CredentialReferenceOptions,
  type UserPassword,
  type UserPasswordResult,
} from "./config/parse-credential-reference.js";
export {
  parseDockerConfig,
  type DockerConfig,
  type DockerConfigEntry,
} from "./config/docker-config.js";
export type { DockerCredential } from "./config/docker-credential.js";
export {
  findDockerCredential,
  type DockerCredentialOptions,
  type DockerCredentialQuery,
} from "./config/find-docker-credential.js";

// Edits: data in, text or patch out
export { renderArgoCdSource } from "./overrides/argocd-source.js";
export { setHelmValues } from "./overrides/helm-values.js";
export { setKustomizationImages } from "./overrides/kustomization.js";
export {
  renderApplicationPatch,
  type PatchableApplication,
} from "./overrides/application-patch.js";
export { applyEdit } from "./overrides/apply-edit.js";
export { repositoryPathProblem } from "./overrides/path-guard.js";
export { applyJsonPatch } from "./overrides/apply-json-patch.js";
export { renderCommitMessage, type CommitMessageData } from "./templates/render-commit-message.js";
export { renderBranchName, type BranchNameData } from "./templates/render-branch-name.js";

// The program around them
export { createUpdater } from "./update/create-updater.js";
export type {
  CommitSettings,
  ImageFilter,
  ImageUnderCare,
  PlanOptions,
  RunOptions,
  Updater,
  UpdaterSettings,
  UpdaterTimeouts,
} from "./update/updater.js";
export { boundCredentials, type BoundedCredentialsSettings } from "./update/bounded-credentials.js";
export { withDeadline, type Deadline, type DeadlineCall } from "./update/deadline.js";
export type { ApplicationPlan, FilePreview, ImagePlan, Plan } from "./update/plan.js";
export {
  countApplications,
  formatCounters,
  type ApplicationReport,
  type ImageReport,
  type UpdateCounters,
  type UpdateReport,
} from "./update/report.js";
export { memoryFactsCache, type MemoryFactsCacheSettings } from "./update/memory-facts-cache.js";
export { formatPlan, type FormatPlanOptions } from "./update/format-plan.js";
export {
  createTextLogger,
  formatLogLine,
  type LogLevel,
  type TextLoggerSettings,
} from "./update/text-logger.js";

// Ports: what adapters implement, and the data they exchange
export type {
  DescribedImage,
  DescribeOptions,
  ImageTime,
  Referrer,
  ReferrersOptions,
  RegistryCallOptions,
  RegistryClient,
  RejectedTag,
  Repository,
  TagDetails,
  TagSummary,
  TimeSource,
} from "./ports/registry-client.js";
export type { Facts, TagFact, UnreadableTag } from "./ports/facts.js";
export type {
  CommitAuthor,
  PullRequestSummary,
  ReadResult,
  WriteBackChange,
  WriteBackLocation,
  WriteBackRead,
  WriteBackTarget,
  WriteResult,
} from "./ports/write-back-target.js";
export type {
  ForgeKind,
  GitCredentialReference,
  PullRequestSettings,
  WriteBackFile,
  WriteBackSettings,
} from "./ports/write-back-settings.js";
export type {
  ApplicationPatchEdit,
  ArgoCdSourceChanges,
  Edit,
  EnvironmentVariable,
  FileEdit,
  HelmParameter,
  HelmValueChange,
  KustomizationImage,
  SourceMarks,
} from "./ports/edits.js";
export type {
  ApplicationChange,
  ApplicationClient,
  ApplicationSource,
  JsonPatchOperation,
} from "./ports/application-client.js";
export type {
  Credential,
  CredentialProvider,
  GitConnection,
  GitCredential,
  GitCredentialRequest,
  RepositoryCredentialRequest,
} from "./ports/credential-provider.js";
export type { FactsCache, FactsScope, RememberedTag } from "./ports/facts-cache.js";
export type { SecretData, SecretKey, SecretReader } from "./ports/secret-reader.js";
export type { CallOptions, CancelSignal } from "./ports/cancel-signal.js";
export type { Clock } from "./ports/clock.js";
export type { LogFields, Logger } from "./ports/logger.js";
export type { ObservedEvent, Observer } from "./ports/observer.js";

// Errors and diagnostics
export {
  describeDiagnostic,
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
export { expectValue, InputError, type InputErrorCode } from "./errors/expect-value.js";
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
