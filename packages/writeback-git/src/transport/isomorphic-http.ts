import type { GitHttpResponse, HttpClient } from "isomorphic-git";

/** What isomorphic-git may ask of a server during a fetch. */
export interface FetchExchange {
  /** The advertisement that the branch was chosen from. */
  readonly advertisement: Uint8Array;
  /** Sends the request of `git-upload-pack` and answers its result. */
  uploadPack(request: Uint8Array): Promise<Uint8Array>;
}

/**
 * isomorphic-git's HTTP plugin, without a network of its own.
 *
 * It gets the advertisement that is already known instead of asking again: that saves a request, and
 * the fetch is of the very commit that was seen. Statuses never reach it, `uploadPack` throws them.
 */
export function createIsomorphicHttp(exchange: FetchExchange): HttpClient {
  return {
    request: async ({ url, method = "GET", body }) => {
      if (method === "GET") return answer(url, "advertisement", exchange.advertisement);
      const sent = await collect(body ?? nothing());
      return answer(url, "result", await exchange.uploadPack(sent));
    },
  };
}

function answer(url: string, kind: "advertisement" | "result", body: Uint8Array): GitHttpResponse {
  return {
    url,
    statusCode: 200,
    statusMessage: "OK",
    headers: { "content-type": `application/x-git-upload-pack-${kind}` },
    body: only(body),
  };
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* only(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
