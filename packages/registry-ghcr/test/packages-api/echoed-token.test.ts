import { inspect } from "node:util";
import { githubToken } from "@image-updater/registry-ghcr";
import { expect, it } from "vitest";
import { registryErrorOf, startServer } from "../support/loopback.js";
import { clientOf, describeTags, repository } from "../support/packages.js";

const TOKEN = "ghp_canary5f3a9c1e";

it.each([
  ["as it is", TOKEN],
  ["in base64", Buffer.from(TOKEN).toString("base64")],
  ["in capitals", TOKEN.toUpperCase()],
  ["with a user", Buffer.from(`robot:${TOKEN}`).toString("base64")],
])("a token is in no error, though the API says it %s", async (_, said) => {
  for (const status of [400, 401, 403, 429, 500]) {
    const apiUrl = await startServer((_request, response) => {
      response.writeHead(status).end(JSON.stringify({ message: `not with ${said}` }));
    });
    const client = clientOf(apiUrl, { credentials: githubToken(() => TOKEN) });
    const error = await registryErrorOf(describeTags(client, repository));
    expect(error.message).toContain("not with ");
    const shown = `${inspect(error, { depth: 20, showHidden: true })} ${JSON.stringify(error)}`;
    expect(shown).not.toContain(said);
    expect(shown).not.toContain(TOKEN);
  }
});
