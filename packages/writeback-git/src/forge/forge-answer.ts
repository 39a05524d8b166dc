import { z } from "zod";

/** What the API of a forge answered; `body` is `undefined` for what is not a JSON. */
export interface ForgeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** How long the body was. */
  readonly bytes: number;
}

/** What a forge says is wrong, in whichever of their forms; empty when it says nothing. */
export function messageOfAnswer({ body }: Pick<ForgeAnswer, "body">): string {
  const { success, data } = errorBody.safeParse(body);
  if (!success) return "";
  const parts = [...data.message, data.error, data.error_description, ...data.errors];
  return [...new Set(parts)].filter((part) => part !== "").join("; ");
}

const text = z.string().catch("");

const detail = z.union([
  z.string(),
  z
    .object({ message: text, field: text, code: text })
    .transform(({ message, field, code }) =>
      message === "" ? `${field} ${code}`.trim() : message,
    ),
]);

const errorBody = z.object({
  message: z
    .union([
      z.string().transform((one) => [one]),
      z.array(z.string()),
      // GitLab names fields: `{ "base": ["is wrong"] }`.
      z.record(z.string(), z.unknown()).transform(flatten),
    ])
    .catch([]),
  error: text,
  error_description: text,
  errors: z.array(detail).catch([]),
});

function flatten(fields: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fields).map(([field, value]) => `${field}: ${[value].flat().join(", ")}`);
}
