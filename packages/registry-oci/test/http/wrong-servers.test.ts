import { createServer } from "node:net";
import type { RequestListener } from "node:http";
import type { Repository } from "@image-updater/core";
import { createDockerHubRegistry } from "@image-updater/registry-oci";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  createClient,
  registryErrorOf,
  repositoryOf,
  startRegistry,
  startServer,
} from "../support/loopback.js";
import { loopbackTls } from "../support/loopback-tls.js";

function at(apiUrl: string): Repository {
  return { host: "r.example.com", path: "team/app", apiUrl };
}

async function messagesOf(repository: Repository): Promise<readonly string[]> {
  const client = createClient();
  const calls = [
    client.listTags(repository),
    client.describeTag(repository, "1", { platforms: ["linux/amd64"] }),
    client.resolveDigest(repository, "1"),
  ];
  const errors = await Promise.all(calls.map((call) => registryErrorOf(call)));
  return errors.map(({ message }) => message);
}

describe("a server that speaks something else", () => {
  it("is named where it answers https without TLS", async () => {
    const url = await startServer((_, response) => response.end("{}"));
    const secure = url.replace("http:", "https:");
    for (const message of await messagesOf(at(secure))) {
      expect(message).toContain(`${secure} answers without TLS`);
      expect(message).toContain(`write api_url: ${url}`);
      expect(message).not.toContain("ERR_SSL");
    }
  });

  it.each(["HTTP/1.1 400 Bad Request\r\n\r\n", "220 ready\r\n", "\0\0\0\0\0\0\0\0"])(
    "is named where its greeting is %j",
    async (greeting) => {
      const server = createServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", () => socket.end(greeting));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void server.close());
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("no port");
      const [message] = await messagesOf(at(`https://127.0.0.1:${address.port}`));
      expect(message).toContain("answers without TLS");
    },
  );

  it("is not named for a certificate that is not trusted", async () => {
    const server = await startRegistry({
      fixture: { "team/app": [{ tag: "1" }] },
      tls: loopbackTls,
    });
    const [message] = await messagesOf(repositoryOf(server));
    expect(message).toContain("ca_file");
    expect(message).not.toContain("without TLS");
  });

  it.each([
    "Client sent an HTTP request to an HTTPS server.\n",
    "<html><center>The plain HTTP request was sent to HTTPS port</center></html>",
  ])("is named where it wants TLS and says %j", async (text) => {
    const url = await startServer((_, response) => response.writeHead(400).end(text));
    const [message] = await messagesOf(at(url));
    expect(message).toContain(`it wants TLS: write api_url: ${url.replace("http:", "https:")}`);
  });
});

describe("a login page", () => {
  const page: RequestListener = (_, response) => {
    response
      .writeHead(200, { "content-type": "text/html; charset=utf-8" })
      .end("<!doctype html><title>Sign in</title>");
  };

  it("is named where a registry redirects to it", async () => {
    const login = await startServer(page);
    const apiUrl = await startServer((_, response) => {
      response.writeHead(302, { location: `${login}/login?next=secret-state` }).end();
    });
    for (const message of await messagesOf(at(apiUrl))) {
      expect(message).toContain(`${apiUrl} redirects to ${login}/login, a web page`);
      expect(message).not.toContain("secret-state");
    }
  });

  it("is named where it stands in place of the registry", async () => {
    const apiUrl = await startServer(page);
    for (const message of await messagesOf(at(apiUrl))) {
      expect(message).toMatch(/is a web page, perhaps of a login or a proxy/u);
    }
  });

  it("is named where it stands in place of the token server", async () => {
    const apiUrl = await startServer((request, response) => {
      if (request.url?.startsWith("/token") === true) return page(request, response);
      const challenge = `Bearer realm="http://${request.headers.host ?? ""}/token"`;
      return response.writeHead(401, { "www-authenticate": challenge }).end();
    });
    const [message] = await messagesOf(at(apiUrl));
    expect(message).toContain(`${apiUrl}/token is a web page`);
  });

  it.each([401, 403, 404, 502])("is named where it comes with %i", async (status) => {
    const apiUrl = await startServer((_, response) => {
      response.writeHead(status, {
        "content-type": "text/html",
        ...(status === 401 ? { "www-authenticate": "Basic" } : {}),
      });
      response.end("<html>no</html>");
    });
    const client = createClient({
      credentials: {
        forRepository: async () => ({ kind: "basic", username: "robot", password: "wrong-one" }),
      },
    });
    const { message } = await registryErrorOf(client.listTags(at(apiUrl)));
    expect(message).toContain(`answered ${status} with a web page`);
  });
});

describe("what a server says in a form of its own", () => {
  it.each([
    ['{"details":"incorrect username or password"}', "(incorrect username or password)"],
    ['{"detail":"Not found."}', "(Not found.)"],
    ['{"message":"object not found","errinfo":{}}', "(object not found)"],
    [
      '{"error":"invalid_grant","error_description":"the token has expired"}',
      "(invalid_grant: the token has expired)",
    ],
    ['{"errors":[{"code":"DENIED"}],"details":"more"}', "(DENIED)"],
  ])("%s is quoted as %s", async (body, quoted) => {
    const apiUrl = await startServer((_, response) => response.writeHead(403).end(body));
    const [message] = await messagesOf(at(apiUrl));
    expect(message).toContain(`answered 403 ${quoted}`);
  });

  it.each(["[]", '"text"', '{"details":{"a":1}}', "", "{}"])("%s says nothing", async (body) => {
    const apiUrl = await startServer((_, response) => response.writeHead(403).end(body));
    const [message] = await messagesOf(at(apiUrl));
    expect(message).toMatch(/answered 403$/u);
  });

  it("is quoted of a token server that refuses a password", async () => {
    const apiUrl = await startServer((request, response) => {
      if (request.url?.startsWith("/token") === true) {
        return response.writeHead(401).end('{"details":"incorrect username or password"}');
      }
      const challenge = `Bearer realm="http://${request.headers.host ?? ""}/token"`;
      return response.writeHead(401, { "www-authenticate": challenge }).end();
    });
    const credential = { kind: "basic", username: "robot", password: "wrong-one" } as const;
    const client = createClient({ credentials: { forRepository: async () => credential } });
    const { message, code } = await registryErrorOf(client.listTags(at(apiUrl)));
    expect(code).toBe("unauthorized");
    expect(message).toMatch(/refused the credentials \(incorrect username or password\)$/u);
  });

  it("is quoted of Docker Hub's API that refuses a password", async () => {
    const hubApiUrl = await startServer((_, response) => {
      response.writeHead(401).end('{"detail":"Incorrect authentication credentials"}');
    });
    const credential = { kind: "basic", username: "robot", password: "wrong-one" } as const;
    const credentials = { forRepository: async () => credential };
    const client = createDockerHubRegistry({
      tagTimes: "hub-api",
      hubApiUrl,
      retries: 0,
      credentials,
    });
    const repository = { ...at("https://registry-1.docker.io"), host: "docker.io" };
    const call = client.describeTags?.(repository) ?? Promise.resolve();
    expect((await registryErrorOf(call)).message).toMatch(
      /refused the credentials \(Incorrect authentication credentials\)$/u,
    );
  });
});
