import { expect, it } from "vitest";
import { requestToken } from "../../src/auth/token-request.js";
import { createHttpClient } from "../../src/http/http-client.js";
import { createJumpingClock } from "../support/jumping-clock.js";
import { startServer } from "../support/loopback.js";

const NOW = Date.parse("2026-01-01T00:00:00Z");

it.each([
  ["60 seconds when nothing is said", {}, 0, 60],
  ["60 seconds when less is said", { expires_in: 5 }, 0, 60],
  ["60 seconds when it is not a number", { expires_in: "300" }, 0, 60],
  ["as long as is said", { expires_in: 300 }, 0, 300],
  ["from when it was issued", { expires_in: 300, issued_at: "2025-12-31T23:59:00Z" }, -60, 240],
  [
    "from now when issued in the future",
    { expires_in: 300, issued_at: "2026-01-01T01:00:00Z" },
    0,
    300,
  ],
  [
    "from now when it were dead already",
    { expires_in: 300, issued_at: "2025-01-01T00:00:00Z" },
    0,
    300,
  ],
  ["from now when the time is none", { expires_in: 300, issued_at: "yesterday" }, 0, 300],
])("a token lives %s", async (_, fields, issued, expires) => {
  const url = await startServer((_request, response) => {
    response.end(JSON.stringify({ token: "t", ...fields }));
  });
  const clock = createJumpingClock(NOW);
  const request = {
    realm: new URL(url),
    scopes: [],
    credential: { kind: "anonymous" },
    place: { host: "r" },
  } as const;
  const token = await requestToken(createHttpClient({ clock }), clock, request, {});
  expect(token).toEqual({
    value: "t",
    issuedAt: NOW + issued * 1000,
    expiresAt: NOW + expires * 1000,
  });
});
