// A registry to test against.

export {
  startOciRegistry,
  type LoggedRequest,
  type OciTestOptions,
  type OciTestServer,
} from "./start-oci-registry.js";
export type { OciTestAuth } from "./access.js";
export type { OciTestLinks } from "./distribution-api.js";
export type { OciTestAttachment } from "./build-referrer.js";
export type { OciTestReferrers } from "./answer-referrers.js";
export type { OciTestPullLimit } from "./pull-limit.js";
export type { ImageFormat } from "./build-image.js";
