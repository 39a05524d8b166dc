import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { KubernetesWatchEvent } from "./kubernetes-api.js";
import { KubernetesError } from "./kubernetes-error.js";

const line = z.object({ type: z.string(), object: z.unknown() });

/**
 * Reads the events of a watch's answer, one JSON value a line, as they come. One that is longer than the
 * limit ends the watch with `too-large`.
 *
 * @yields each event
 */
export async function* readWatchEvents(
  answer: IncomingMessage,
  maxBytes: number,
): AsyncGenerator<KubernetesWatchEvent> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    let rest = Buffer.from(chunk);
    for (let end = rest.indexOf(LINE_BREAK); end >= 0; end = rest.indexOf(LINE_BREAK)) {
      const text = Buffer.concat([...parts, rest.subarray(0, end)]).toString("utf8");
      if (length + end > maxBytes) throw tooLarge("an event of the watch", maxBytes);
      [parts, length, rest] = [[], 0, rest.subarray(end + 1)];
      if (text.trim() !== "") yield decodeEvent(text);
    }
    parts.push(rest);
    length += rest.length;
    if (length > maxBytes) throw tooLarge("an event of the watch", maxBytes);
  }
  const rest = Buffer.concat(parts).toString("utf8");
  if (rest.trim() !== "") yield decodeEvent(rest);
}

const LINE_BREAK = 0x0a;

/** The error for what goes over a limit of bytes. */
export function tooLarge(what: string, maxBytes: number): KubernetesError {
  return new KubernetesError("too-large", `${what} is longer than ${maxBytes} bytes`);
}

function decodeEvent(text: string): KubernetesWatchEvent {
  try {
    const { type, object } = line.parse(JSON.parse(text));
    return { type, object };
  } catch (cause) {
    const message = "a line of the watch is not an event";
    throw new KubernetesError("invalid-response", message, { cause });
  }
}
