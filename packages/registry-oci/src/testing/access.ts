import { randomUUID } from "node:crypto";
import { errorAnswer, jsonAnswer, type Answer, type Ask } from "./answer.js";

/** Who may read the test registry. */
export interface OciTestAuth {
  readonly username: string;
  readonly password: string;
  /** `token` names a token server on the same address, `basic` wants the password itself; default `token`. */
  readonly scheme?: "token" | "basic" | undefined;
  /** Whether a token without credentials may pull; default `false`. */
  readonly anonymousPull?: boolean | undefined;
  /** A refresh token that the token server takes for the user. */
  readonly identityToken?: string | undefined;
  /** The `service` of its challenges; default its host. */
  readonly service?: string | undefined;
  /** How long a token lives; default 300. */
  readonly tokenLifetimeSeconds?: number | undefined;
}

/** The test registry's guard. */
export interface AccessControl {
  /** The 401 that the request earns, or `undefined` when it may pass. */
  refuse(ask: Ask, repository: string | undefined): Answer | undefined;
  /** The token server. */
  token(ask: Ask): Answer;
  /** A 401 as for a token that is not valid. */
  challenge(repository: string | undefined): Answer;
}

interface Grant {
  readonly scopes: ReadonlySet<string>;
  readonly until: number;
}

/** Guards by `auth`; without one everybody may pass. `origin` is the server's own. */
export function createAccessControl(
  auth: OciTestAuth | undefined,
  origin: () => string,
): AccessControl {
  const grants = new Map<string, Grant>();

  function challenge(repository: string | undefined, error?: string): Answer {
    if (auth?.scheme === "basic") {
      return errorAnswer(401, "UNAUTHORIZED", { "www-authenticate": 'Basic realm="test"' });
    }
    const scope = repository === undefined ? [] : [`scope="repository:${repository}:pull"`];
    const reason = error === undefined ? [] : [`error="${error}"`];
    const service = `service="${auth?.service ?? new URL(origin()).host}"`;
    const parameters = [`realm="${origin()}/token"`, service, ...scope, ...reason].join(",");
    return errorAnswer(401, "UNAUTHORIZED", { "www-authenticate": `Bearer ${parameters}` });
  }

  function grant(scopes: readonly string[]): Answer {
    const seconds = auth?.tokenLifetimeSeconds ?? 300;
    const token = randomUUID();
    grants.set(token, { scopes: new Set(scopes), until: Date.now() + seconds * 1000 });
    const issuedAt = new Date().toISOString();
    return jsonAnswer(200, {
      token,
      access_token: token,
      expires_in: seconds,
      issued_at: issuedAt,
    });
  }

  return {
    challenge: (repository) => challenge(repository, "invalid_token"),
    refuse(ask, repository): Answer | undefined {
      if (auth === undefined) return undefined;
      if (auth.scheme === "basic") return isUser(auth, ask) ? undefined : challenge(repository);
      if (ask.authorization === undefined) return challenge(repository);
      const found = grants.get(ask.authorization.replace(/^Bearer /, ""));
      if (found === undefined || found.until < Date.now()) {
        return challenge(repository, "invalid_token");
      }
      const action = ask.method === "DELETE" ? "delete" : "pull";
      const isAllowed = repository === undefined || found.scopes.has(`${repository}:${action}`);
      return isAllowed ? undefined : challenge(repository, "insufficient_scope");
    },
    token(ask): Answer {
      const form = new URLSearchParams(ask.body);
      if (ask.method === "POST" && auth?.identityToken === undefined) {
        return errorAnswer(404, "UNSUPPORTED");
      }
      const wanted = ask.method === "POST" ? form : ask.url.searchParams;
      const scopes = wanted
        .getAll("scope")
        .flatMap((scope) => scope.split(" "))
        .flatMap(readScope);
      if (auth === undefined || isUser(auth, ask) || isRefresh(auth, form)) return grant(scopes);
      const isAnonymous = ask.method === "GET" && ask.authorization === undefined;
      if (!isAnonymous) return errorAnswer(401, "UNAUTHORIZED");
      // A token server grants what it may, which can be nothing.
      return grant(auth.anonymousPull === true ? scopes.filter((s) => s.endsWith(":pull")) : []);
    },
  };
}

/** `repository:<name>:pull,push` as `<name>:pull`, `<name>:push`. */
function readScope(scope: string): readonly string[] {
  const [, name = "", actions = ""] = /^repository:(.*):([^:]*)$/.exec(scope) ?? [];
  return actions.split(",").map((action) => `${name}:${action}`);
}

function isUser({ username, password, identityToken }: OciTestAuth, ask: Ask): boolean {
  const [, encoded = ""] = /^Basic (.*)$/.exec(ask.authorization ?? "") ?? [];
  const user = Buffer.from(encoded, "base64").toString("utf8");
  if (user === `${username}:${password}`) return true;
  return identityToken !== undefined && user === `<token>:${identityToken}`;
}

function isRefresh({ identityToken }: OciTestAuth, form: URLSearchParams): boolean {
  const isGrant = form.get("grant_type") === "refresh_token";
  return isGrant && identityToken !== undefined && form.get("refresh_token") === identityToken;
}
