import { ProtocolError } from "../protocol-error.js";
import { packetText, readPackets } from "./pkt-line.js";
import { decodeRefAdvertisement, type RefAdvertisement } from "./ref-advertisement.js";
import { featuresOfVersion2, type ServerFeatures } from "./server-features.js";

/** What `git-upload-pack` says first: what it can do (version 2), or all it has (before). */
export type Greeting =
  | { readonly version: 2; readonly features: ServerFeatures }
  | { readonly version: 0; readonly advertisement: RefAdvertisement };

const SERVICE_LINE = "# service=";

/** Reads a greeting up to its flush, with or without the line that HTTP puts before it. */
export async function readGreeting(answer: AsyncIterable<Uint8Array>): Promise<Greeting> {
  let lines: string[] = [];
  for await (const packet of readPackets(answer)) {
    if (packet instanceof Uint8Array) lines.push(packetText(packet));
    else if (lines[0]?.startsWith(SERVICE_LINE) === true) lines = withoutServiceLine(lines);
    else if (packet === "flush") return decodeGreeting(lines);
  }
  throw new ProtocolError("the answer is not a list of branches");
}

function withoutServiceLine([line, ...lines]: readonly string[]): string[] {
  if (line === `${SERVICE_LINE}git-upload-pack`) return lines;
  throw new ProtocolError("the answer is not a list of branches");
}

function decodeGreeting(lines: readonly string[]): Greeting {
  if (lines[0] === "version 2") return { version: 2, features: featuresOfVersion2(lines.slice(1)) };
  return { version: 0, advertisement: decodeRefAdvertisement(lines) };
}
