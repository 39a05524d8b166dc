/** What a server can do for a fetch, whichever version of the protocol it speaks. */
export interface ServerFeatures {
  readonly version: 0 | 2;
  /** How objects are named: `sha1`, or what this package cannot read. */
  readonly objectFormat: string;
  /** Whether it sends one commit without its history. */
  readonly shallow: boolean;
  /** Whether it leaves out objects that nobody asked for (partial clone). */
  readonly filter: boolean;
  /** Whether it sends any object that is asked for by its id, not only tips of branches. */
  readonly anyObject: boolean;
  /** Whether its packs come in packets, beside messages; else they follow the negotiation as they are. */
  readonly sideBand: boolean;
  /** Capabilities as the server wrote them. */
  readonly capabilities: readonly string[];
}

/** Reads the capabilities of protocol version 2 (gitprotocol-v2), one per line. */
export function featuresOfVersion2(capabilities: readonly string[]): ServerFeatures {
  const fetch = (capabilityValue(capabilities, "fetch") ?? "").split(" ");
  return {
    version: 2,
    objectFormat: capabilityValue(capabilities, "object-format") ?? "sha1",
    shallow: fetch.includes("shallow"),
    filter: fetch.includes("filter"),
    anyObject: true,
    sideBand: true,
    capabilities,
  };
}

/** Reads the capabilities of protocol versions 0 and 1 (gitprotocol-capabilities). */
export function featuresOfVersion0(capabilities: readonly string[]): ServerFeatures {
  return {
    version: 0,
    objectFormat: capabilityValue(capabilities, "object-format") ?? "sha1",
    shallow: capabilities.includes("shallow"),
    filter: capabilities.includes("filter"),
    anyObject: capabilities.includes("allow-reachable-sha1-in-want"),
    sideBand: SIDE_BANDS.some((name) => capabilities.includes(name)),
    capabilities,
  };
}

/** The ways to send a pack beside messages (gitprotocol-capabilities), the best one first. */
export const SIDE_BANDS: readonly string[] = ["side-band-64k", "side-band"];

/** The value of `name=value` among capabilities. */
function capabilityValue(capabilities: readonly string[], name: string): string | undefined {
  return capabilities
    .find((capability) => capability.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

/** The first lines of a command of protocol version 2, up to its arguments. */
export function commandLines(command: string, { capabilities }: ServerFeatures): readonly string[] {
  const names = capabilities.map((capability) => capability.split("=", 1)[0]);
  return [
    `command=${command}\n`,
    ...(names.includes("agent") ? [`agent=${AGENT}\n`] : []),
    ...(names.includes("object-format") ? ["object-format=sha1\n"] : []),
  ];
}

/** How this package introduces itself inside the protocol. */
export const AGENT = "image-updater-sdk";
