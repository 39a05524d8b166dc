import { CredentialError, type CancelSignal } from "@image-updater/core";
import { joinHeaders, readBody, startDeadline, withoutReceivedBytes } from "@image-updater/http";
import { request, type Dispatcher } from "undici";

const MOST_BYTES = 64 * 1024;

/** The metadata service of the machine this program runs on. */
export interface MetadataService {
  /** The body of a successful answer, `undefined` for any other. */
  ask(
    method: "GET" | "PUT",
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Uint8Array | undefined>;
}

/** Where the service is, and how it is asked. */
export interface MetadataConnection {
  /** Its base URL. */
  readonly endpoint: string;
  /** For how long each answer is waited for. */
  readonly timeoutMs: number;
  readonly dispatcher: Dispatcher | undefined;
}

/** Asks at `endpoint`. */
export function createMetadataService(
  { endpoint, timeoutMs, dispatcher }: MetadataConnection,
  signal: CancelSignal | undefined,
): MetadataService {
  return {
    async ask(method, path, headers): Promise<Uint8Array | undefined> {
      const deadline = startDeadline(timeoutMs, signal);
      try {
        const answer = await request(new URL(path, endpoint), {
          method,
          headers: { "accept-encoding": "identity", ...headers },
          signal: deadline.signal,
          ...(dispatcher === undefined ? {} : { dispatcher }),
        });
        const encoding = joinHeaders(answer.headers).get("content-encoding");
        const bytes = await readBody(answer.body, { encoding, limit: MOST_BYTES });
        return answer.statusCode === 200 ? bytes : undefined;
      } catch (cause) {
        throw noAnswer(endpoint, signal?.aborted === true, cause);
      } finally {
        deadline.clear();
      }
    },
  };
}

function noAnswer(endpoint: string, isCancelled: boolean, cause: unknown): CredentialError {
  const reference = "ecs-role";
  if (isCancelled)
    return new CredentialError("cancelled", `${reference}: cancelled`, { reference });
  const message = `${reference}: the metadata service at ${endpoint} does not answer; is this an ECS instance?`;
  return new CredentialError("unavailable", message, {
    reference,
    cause: withoutReceivedBytes(cause),
  });
}
