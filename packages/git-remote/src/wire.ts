// The protocol by itself, for other transports and for servers that tests make.

export { decodePackets, encodePacket, FLUSH, packetText, readPackets } from "./wire/pkt-line.js";
export { encodeFetch } from "./wire/fetch-pack.js";
export { readGreeting } from "./wire/greeting.js";
export { encodeLsRefs, readLsRefs } from "./wire/ls-refs.js";
