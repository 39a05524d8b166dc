// The protocol by itself, for other transports and for servers that tests make.

export { decodePackets, encodePacket, FLUSH, packetText, readPackets } from "./pkt-line.js";
export { encodeFetch } from "./fetch-pack.js";
export { readGreeting } from "./greeting.js";
export { encodeLsRefs, readLsRefs } from "./ls-refs.js";
