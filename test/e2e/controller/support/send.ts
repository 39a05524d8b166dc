import { request } from "undici";

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Sends a request to a server on this machine. */
export async function send(
  port: number | undefined,
  path: string,
  {
    method = "GET",
    body,
    headers,
  }: Partial<Pick<RequestOptions, "method" | "body" | "headers">> = {},
): Promise<Answer> {
  if (port === undefined) throw new Error("the server is off");
  const response = await request(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { ...headers, connection: "close" },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.body.text();
  return { status: response.statusCode, body: text, headers: response.headers };
}

interface RequestOptions {
  readonly method: "GET" | "POST" | "HEAD";
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}
