// What every adapter needs to speak with servers that are not trusted.

export { createRedactor, type Redactor } from "./redactor.js";
export { redactUrls, serverWords, type ServerWordsOptions } from "./server-words.js";
export { withoutReceivedBytes } from "./received-bytes.js";
export { ContentEncodingError, decodeContent } from "./decode-content.js";
export { BodyTooLargeError, readBody, readBodyStart, type BodyReading } from "./read-body.js";
export { joinHeaders } from "./headers.js";
export { isWebPage, type PageParts } from "./web-page.js";
export { parseRetryAfter } from "./retry-after.js";
export { startDeadline, type Deadline } from "./deadline.js";
export { FIRST_PAUSE_MS, growingPause, retry, type Outcome, type RetryPolicy } from "./retry.js";
export { connectionCode } from "./connection-code.js";
export {
  redactUrl,
  refuseApiUrl,
  refusePageLink,
  refuseRealm,
  refuseRedirect,
} from "./origin-guard.js";
export { parsePageLink, type PageLink } from "./link-header.js";
export { refuseIgnoredSettings, replacesUndici } from "./runtime.js";
