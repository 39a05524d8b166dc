/** A request as the test registry sees it. */
export interface Ask {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What the test registry answers. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An answer with a JSON body. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = Buffer.from(JSON.stringify(value), "utf8");
  return { status, headers: { "content-type": "application/json", ...headers }, body };
}

/** An error in the words of the distribution specification. */
export function errorAnswer(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const message = code.toLowerCase().replaceAll("_", " ");
  return jsonAnswer(status, { errors: [{ code, message }] }, headers);
}
