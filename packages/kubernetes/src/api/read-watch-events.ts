import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { KubernetesWatchEvent } from "./kubernetes-api.js";
import { KubernetesError } from "./kubernetes-error.js";

const line = z.object({ type: z.string(), object: z.unknown() });

/**
 * Reads the events of a watch's answer, one JSON value a line, as they come.
 *
 * @yields each event
 */
export async function* readWatchEvents(
  answer: IncomingMessage,
): AsyncGenerator<KubernetesWatchEvent> {
  answer.setEncoding("utf8");
  let parts: string[] = [];
  for await (const chunk of answer) {
    const [first = "", ...others] = String(chunk).split("\n");
    parts.push(first);
    for (const next of others) {
      const text = parts.join("");
      parts = [next];
      if (text.trim() !== "") yield decodeEvent(text);
    }
  }
  const rest = parts.join("");
  if (rest.trim() !== "") yield decodeEvent(rest);
}

function decodeEvent(text: string): KubernetesWatchEvent {
  try {
    const { type, object } = line.parse(JSON.parse(text));
    return { type, object };
  } catch (cause) {
    const message = "a line of the watch is no event";
    throw new KubernetesError("invalid-response", message, { cause });
  }
}
