import { ApplicationError } from "@image-updater/core";
import { z } from "zod";
import type { Meaning } from "./answer-error.js";
import { parseJson } from "./decode-application.js";
import type { ApiAnswer } from "./exchange.js";

/** What was asked for when access was denied. */
export interface DeniedApplication {
  readonly namespace: string;
  readonly name: string;
  readonly project: string;
}

const permission = z.object({ value: z.enum(["yes", "no"]) });

/**
 * What a denial without a reason means where the project was named: then Argo CD answers 404 for what is
 * absent, and what is left is a token without the right, or a Kubernetes API that does not answer. It is
 * asked for the right (`/api/v1/account/can-i`), for which it needs nobody else.
 *
 * `ask` makes a GET request for a path below `/api/v1/`. Throws ApplicationError `cancelled`.
 */
export async function explainDenial(
  { namespace, name, project }: DeniedApplication,
  ask: (path: string) => Promise<ApiAnswer>,
): Promise<Meaning> {
  // Applications in the server's own namespace go without it, which only the server knows.
  const objects = [
    [project, namespace, name],
    [project, name],
  ];
  const rights = new Set<string | undefined>();
  for (const object of objects) {
    const right = await readRight(object, ask);
    if (right === "yes") {
      const reason = `denies what its token may do (applications, get, ${project}/${name}), as it does while its Kubernetes API does not answer: an outage`;
      return ["unavailable", reason];
    }
    rights.add(right);
  }
  if (rights.has(undefined)) {
    const reason = `does not say whether its token may get it (applications, get, ${project}/${name}) or its Kubernetes API does not answer`;
    return ["unavailable", reason];
  }
  return ["forbidden", `does not let its token get it (applications, get, ${project}/${name})`];
}

async function readRight(
  object: readonly string[],
  ask: (path: string) => Promise<ApiAnswer>,
): Promise<"yes" | "no" | undefined> {
  try {
    const path = object.map((part) => encodeURIComponent(part)).join("/");
    const { status, text } = await ask(`account/can-i/applications/get/${path}`);
    return status === 200 ? permission.safeParse(parseJson(text)).data?.value : undefined;
  } catch (error) {
    if (ApplicationError.is(error) && error.code !== "cancelled") return undefined;
    throw error;
  }
}
