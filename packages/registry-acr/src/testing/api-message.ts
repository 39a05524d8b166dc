/** A request as the test server sees it. */
export interface ApiAsk {
  readonly method: string;
  /** As it came, before anything was decoded. */
  readonly target: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What the test server answers. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body: string;
}

/** An answer with a JSON body. */
export function jsonAnswer(status: number, value: unknown): ApiAnswer {
  return { status, body: JSON.stringify(value) };
}

/** An error as the OpenAPI writes it; `style` is that of the edition. */
export function errorAnswer(
  status: number,
  code: string,
  message: string,
  style: "upper" | "lower" = "upper",
): ApiAnswer {
  const requestId = "4F5D0B8C-2B0E-4B8A-9B1C-0D8F7E6A5B4C";
  return style === "upper"
    ? jsonAnswer(status, { Code: code, Message: message, RequestId: requestId, IsSuccess: false })
    : jsonAnswer(status, { code, message, requestId });
}
