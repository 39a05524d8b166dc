// What every adapter needs to speak with servers that are not trusted.

export { createRedactor, type Redactor } from "./redactor.js";
export { redactUrls, serverWords, type ServerWordsOptions } from "./server-words.js";
export { withoutReceivedBytes } from "./received-bytes.js";
export { ContentEncodingError, decodeContent } from "./decode-content.js";
export { parsePageLink, type PageLink } from "./link-header.js";
export { refuseIgnoredSettings, replacesUndici } from "./runtime.js";
