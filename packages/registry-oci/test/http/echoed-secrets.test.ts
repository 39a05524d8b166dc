import { createServer, type Socket } from "node:net";
import type { IncomingMessage, ServerResponse } from "node:http";
import { inspect } from "node:util";
import type { Credential, RegistryClient, Repository } from "@image-updater/core";
import { createDockerHubRegistry, createOciRegistry } from "@image-updater/registry-oci";
import { describe, expect, it, onTestFinished } from "vitest";
import { registryErrorOf, startServer } from "../support/loopback.js";

const PASSWORD = 'Canary/pä ss+"w0rd"';
const TOKEN = "canary.token-5f3a9c/e1+7d=";
const ISSUED = "canary.issued-by-token-server-44f1";

/** How a server writes what it was told. */
const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  raw: (secret) => secret,
  percent: (secret) => encodeURIComponent(secret),
  "percent, twice": (secret) => encodeURIComponent(encodeURIComponent(secret)),
  base64: (secret) => Buffer.from(secret).toString("base64"),
  base64url: (secret) => Buffer.from(secret).toString("base64url"),
  "base64 with a user": (secret) => Buffer.from(`robot:${secret}`).toString("base64"),
  JSON: (secret) => JSON.stringify(secret).slice(1, -1),
  "JSON in ASCII": (secret) =>
    Array.from(secret)
      .map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  capitals: (secret) => secret.toUpperCase(),
};

type Echo = (echoed: string, response: ServerResponse, request: IncomingMessage) => void;

function errors(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

/** Header values are bytes: what is not ASCII is written as UTF-8. */
function header(text: string): string {
  return Buffer.from(text).toString("latin1");
}

/** Where a server says it again. */
const PLACES: Readonly<Record<string, Echo>> = {
  "the message of an error": (echoed, response) =>
    response.writeHead(403).end(errors("DENIED", `not with ${echoed}`)),
  "the code of an error": (echoed, response) =>
    response.writeHead(400).end(errors(echoed, "is wrong")),
  "a message that is cut": (echoed, response) =>
    response.writeHead(403).end(errors("DENIED", `${"x".repeat(180)} ${echoed}`)),
  "a URL in a message": (echoed, response) =>
    response.writeHead(403).end(errors("DENIED", `see https://robot:${echoed}@h/?sig=${echoed}`)),
  "a warning": (echoed, response) =>
    response
      .writeHead(200, { warning: header(`299 - "${echoed.replaceAll('"', '\\"')}"`) })
      .end("{}"),
  "the path of a redirect": (echoed, response) =>
    response.writeHead(302, { location: header(`http://169.254.1.1/${echoed}`) }).end(),
  "the host of a redirect": (echoed, response) =>
    response.writeHead(302, { location: header(`ftp://${echoed}/`) }).end(),
  "the link to a page": (echoed, response) =>
    response
      .writeHead(200, { link: header(`<http://192.0.2.1/${echoed}>; rel="next"`) })
      .end('{"tags":["1"]}'),
  "the name of an encoding": (echoed, response) =>
    response.writeHead(200, { "content-encoding": header(echoed) }).end('{"tags":["1"]}'),
  "the type of a list": (echoed, response) =>
    response.writeHead(200, { "content-type": header(echoed) }).end(echoed),
  "a token server's name": (echoed, response) =>
    response
      .writeHead(401, { "www-authenticate": header(`Bearer realm="ftp://h/${encodeURI(echoed)}"`) })
      .end(),
};

const CREDENTIALS = {
  "a password": [{ kind: "basic", username: "robot", password: PASSWORD }, PASSWORD],
  "a token": [{ kind: "bearer", token: TOKEN }, TOKEN],
} as const satisfies Readonly<Record<string, readonly [Credential, string]>>;

/** Nothing of the value holds the secret in any form. */
function expectSilent(value: unknown, secrets: readonly string[]): void {
  const shown = [
    inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value),
    String(value),
  ]
    .join("\n")
    .toLowerCase();
  for (const secret of secrets) {
    for (const write of Object.values(FORMS)) {
      expect(shown).not.toContain(write(secret).toLowerCase());
      // A part is too much as well.
      expect(shown).not.toContain(write(secret).toLowerCase().slice(0, 12));
    }
  }
}

function challengeFor(kind: Credential["kind"]): string {
  return kind === "basic" ? "Basic realm=x" : 'Bearer realm="http://127.0.0.1:1/",service="x"';
}

describe.each(Object.entries(CREDENTIALS))(
  "%s that a server says again",
  (_, [credential, secret]) => {
    const cases = Object.keys(PLACES).flatMap((place) =>
      Object.keys(FORMS).map((form) => [place, form] as const),
    );

    it.each(cases)("is hidden in %s (%s)", async (place, form) => {
      const echoed = FORMS[form]?.(secret) ?? "";
      let told = 0;
      const apiUrl = await startServer((request, response) => {
        if (request.headers.authorization === undefined) {
          response.writeHead(401, { "www-authenticate": challengeFor(credential.kind) }).end();
          return;
        }
        told += 1;
        PLACES[place]?.(echoed, response, request);
      });
      const said: unknown[] = [];
      const client = createOciRegistry({
        retries: 0,
        credentials: { forRepository: async () => credential },
        onWarning: (notice) => said.push(notice),
      });
      const repository = { host: "r", path: "team/app", apiUrl };
      const outcomes = await Promise.all([
        client.listTags(repository).catch((error: unknown) => error),
        client
          .describeTag(repository, "1", { platforms: ["linux/amd64"] })
          .catch((error: unknown) => error),
        client.resolveDigest(repository, "1").catch((error: unknown) => error),
      ]);
      expect(told).toBeGreaterThan(0);
      for (const outcome of [...outcomes, said]) expectSilent(outcome, [secret]);
    });
  },
);

/** Answers every request with bytes that are not HTTP, after it was told something. */
async function startBroken(write: (request: string, socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.once("data", (bytes) => write(bytes.toString("latin1"), socket));
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

it.each([
  ["status text of no HTTP", (echoed: string) => `HTTP/1.1 2oo ${echoed}\r\n\r\n`],
  [
    "a header of no HTTP",
    (echoed: string) => `HTTP/1.1 200 OK\r\nx: ${echoed}\r\nbad header\r\n\r\n`,
  ],
])("a password is in no cause, though a server says it in %s", async (_, answer) => {
  const apiUrl = await startBroken((request, socket) => {
    const isTold = /^authorization:/im.test(request);
    const challenge =
      "HTTP/1.1 401 No\r\nwww-authenticate: Basic\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    socket.end(
      isTold
        ? answer(`${Buffer.from(PASSWORD).toString("latin1")} ${encodeURIComponent(PASSWORD)}`)
        : challenge,
    );
  });
  const credential = { kind: "basic", username: "robot", password: PASSWORD } as const;
  const client = createOciRegistry({
    retries: 0,
    credentials: { forRepository: async () => credential },
  });
  const error = await registryErrorOf(client.listTags({ host: "r", path: "a", apiUrl }));
  expect(error.code).toBe("invalid-response");
  expect(error.cause).toBeInstanceOf(Error);
  expectSilent(error, [PASSWORD, Buffer.from(PASSWORD).toString("latin1")]);
});

describe("what a token server is told, and what it issues", () => {
  const identity = { kind: "identity-token", token: TOKEN } as const;
  const basic = { kind: "basic", username: "robot", password: PASSWORD } as const;

  async function startWithTokens(
    fails: boolean,
    form: (secret: string) => string,
  ): Promise<Repository> {
    const apiUrl = await startServer((request, response) => {
      const { url = "", headers } = request;
      const told = request.method === "POST" ? TOKEN : PASSWORD;
      if (url.startsWith("/token")) {
        if (fails) response.writeHead(403).end(errors("DENIED", form(told)));
        else response.writeHead(200).end(JSON.stringify({ token: ISSUED }));
      } else if (headers.authorization === undefined) {
        const realm = `http://${headers.host ?? ""}/token`;
        response
          .writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="s"` })
          .end();
      } else {
        response.writeHead(403).end(errors("DENIED", form(ISSUED)));
      }
    });
    return { host: "r", path: "team/app", apiUrl };
  }

  const clientOf = (credential: Credential): RegistryClient =>
    createOciRegistry({ retries: 0, credentials: { forRepository: async () => credential } });

  it.each(Object.entries(FORMS))("is hidden where it fails (%s)", async (_, form) => {
    const repository = await startWithTokens(true, form);
    expectSilent(await registryErrorOf(clientOf(identity).listTags(repository)), [TOKEN]);
    expectSilent(await registryErrorOf(clientOf(basic).listTags(repository)), [PASSWORD]);
  });

  it.each(Object.entries(FORMS))("is hidden where the registry says it (%s)", async (_, form) => {
    const repository = await startWithTokens(false, form);
    const error = await registryErrorOf(clientOf(identity).listTags(repository));
    expect(error.message).toContain("DENIED");
    expectSilent(error, [ISSUED]);
  });
});

it.each(Object.entries(FORMS))(
  "a password for Docker Hub's API is hidden (%s)",
  async (_, form) => {
    const hubApiUrl = await startServer((request, response) => {
      request.resume();
      response.writeHead(403).end(errors("DENIED", form(PASSWORD)));
    });
    const credential = { kind: "basic", username: "robot", password: PASSWORD } as const;
    const client = createDockerHubRegistry({
      tagTimes: "hub-api",
      hubApiUrl,
      retries: 0,
      credentials: { forRepository: async () => credential },
    });
    const repository = {
      host: "docker.io",
      path: "team/app",
      apiUrl: "https://registry-1.docker.io",
    };
    expectSilent(await registryErrorOf(client.describeTags?.(repository) ?? Promise.resolve()), [
      PASSWORD,
    ]);
  },
);

it("the signature of a storage's URL is hidden where the storage says it", async () => {
  const signature = "canary-signature-0123456789abcdef";
  const storage = await startServer((_, response) => {
    response.writeHead(403).end(errors("SignatureDoesNotMatch", `not ${signature}`));
  });
  const apiUrl = await startServer((_, response) => {
    response.writeHead(307, { location: `${storage}/list?X-Signature=${signature}` }).end();
  });
  const client = createOciRegistry({ retries: 0 });
  const error = await registryErrorOf(client.listTags({ host: "r", path: "a", apiUrl }));
  expect(error.message).toContain("SIGNATUREDOESNOTMATCH: not [secret]");
});
