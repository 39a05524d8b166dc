/** What the test server answers. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A good answer. */
export function okAnswer(value: unknown): ApiAnswer {
  return { status: 200, body: JSON.stringify(value) };
}

/** gRPC codes and the HTTP statuses that a gRPC gateway makes of them. */
const STATUS = {
  unknown: [2, 500],
  "invalid-argument": [3, 400],
  "not-found": [5, 404],
  "permission-denied": [7, 403],
  unauthenticated: [16, 401],
} as const;

/** An error as a gRPC gateway writes it. */
export function errorAnswer(kind: keyof typeof STATUS, message: string): ApiAnswer {
  const [code, status] = STATUS[kind];
  return { status, body: JSON.stringify({ error: message, code, message }) };
}
