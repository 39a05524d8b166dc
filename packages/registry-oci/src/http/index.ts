// The request layer, for adapters of registries that have more than the distribution API.

export { createHttpClient, type HttpClient, type HttpClientSettings } from "./http-client.js";
export type { HttpRequest, HttpResponse, RequestPlace } from "./http-message.js";
export { decodeJson, type DecodeFailure, type Decoder } from "./decode-json.js";
export { statusError } from "./status-error.js";
export { parseNextLink } from "./link-header.js";
export { refusePageLink } from "./origin-guard.js";
export { createRateLimit, type RateLimit } from "./rate-limit.js";
export { createSingleFlight, type SingleFlight } from "./single-flight.js";
