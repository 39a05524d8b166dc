// The only entry that may touch the host.
export { systemClock } from "./system-clock.js";
