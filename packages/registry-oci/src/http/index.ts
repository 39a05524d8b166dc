// The request layer, for adapters of registries that have more than the distribution API.

export { createHttpClient, type HttpClient, type HttpClientSettings } from "./http-client.js";
export type { HttpRequest, HttpResponse, RequestPlace } from "./http-message.js";
export { decodeAnswer, type Asked } from "./decode-answer.js";
export { decodeJson, type DecodeFailure, type Decoder } from "./decode-json.js";
export { statusError } from "./status-error.js";
export type { NoticeListeners, RateLimitNotice, WarningNotice } from "./notices.js";
export type { Call, TurnCall } from "./call.js";
export { createRateLimit, type RateLimit } from "./rate-limit.js";
export { createSingleFlight, type FlightCall, type SingleFlight } from "./single-flight.js";
export { createBoundedMap, type BoundedMap } from "./bounded-map.js";
export { parseJson } from "./decode-json.js";
export { cancelledError, formatPlace } from "./transport-error.js";
export { isReferrerTag, isTagName } from "../tags/tag-name.js";
export { exchange } from "./exchange.js";
export { urlSaidBy, wordsOf } from "./words.js";
export { parseChallenges, type Challenge } from "../auth/challenge.js";
export { repositoryUrl } from "../repository-url.js";
