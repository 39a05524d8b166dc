import { errorAnswer, jsonAnswer, type ApiAnswer, type ApiAsk } from "./api-message.js";

/** A role's key. */
export interface TestSessionKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const METADATA = "/latest/meta-data/ram/security-credentials/";
const METADATA_TOKEN = "test-metadata-token";

/** A role that a pod may take (RRSA). */
export interface OidcRoleFixture {
  readonly roleArn: string;
  readonly oidcProviderArn: string;
  /** What the pod's token file must hold. */
  readonly oidcToken: string;
}

/** The role of the machine. */
export interface EcsRoleFixture {
  readonly name: string;
  /** `required` answers nothing without a token, `none` has no tokens, `optional` takes both. */
  readonly tokens?: "required" | "optional" | "none" | undefined;
}

/** What the session APIs answer from. */
export interface SessionState {
  readonly oidcRole: OidcRoleFixture;
  readonly ecsRole: EcsRoleFixture;
  /** A new key, which from now on may sign. */
  issue(): TestSessionKey;
}

/** The Security Token Service: `AssumeRoleWithOIDC`, which nobody signs. */
export function answerSecurityToken(ask: ApiAsk, { oidcRole, issue }: SessionState): ApiAnswer {
  const query = ask.url.searchParams;
  const form = new URLSearchParams(ask.body);
  const isWellFormed =
    query.get("Version") === "2015-04-01" &&
    query.get("Format") === "JSON" &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(query.get("Timestamp") ?? "") &&
    ask.headers["content-type"] === "application/x-www-form-urlencoded" &&
    ask.headers["authorization"] === undefined &&
    /^[\w.@-]{2,64}$/.test(form.get("RoleSessionName") ?? "") &&
    Number(form.get("DurationSeconds")) >= 900;
  if (!isWellFormed) return errorAnswer(400, "InvalidParameter", "not as the documentation has it");
  if (form.get("OIDCToken") !== oidcRole.oidcToken) {
    // As the real one might, this quotes what it got.
    const message = `token ${form.get("OIDCToken")} is not valid`;
    return errorAnswer(401, "AuthenticationFail.OIDCToken.Invalid", message);
  }
  const isRole =
    form.get("RoleArn") === oidcRole.roleArn &&
    form.get("OIDCProviderArn") === oidcRole.oidcProviderArn;
  if (!isRole) return errorAnswer(403, "NoPermission", "not your role");
  return jsonAnswer(200, { RequestId: "1", Credentials: credentialsOf(issue()) });
}

/** The metadata service of an ECS instance, with tokens and without. */
export function answerMetadata(ask: ApiAsk, { ecsRole, issue }: SessionState): ApiAnswer {
  const { tokens = "required", name } = ecsRole;
  const path = ask.url.pathname;
  if (ask.method === "PUT" && path === "/latest/api/token") {
    const isAsked = Number(ask.headers["x-aliyun-ecs-metadata-token-ttl-seconds"]) > 0;
    if (tokens === "none" || !isAsked) return { status: 404, body: "" };
    return { status: 200, body: METADATA_TOKEN };
  }
  const token = ask.headers["x-aliyun-ecs-metadata-token"];
  const isAllowed = token === METADATA_TOKEN || (token === undefined && tokens !== "required");
  if (!isAllowed) return { status: 403, body: "" };
  if (path === METADATA) return { status: 200, body: `${name}\n` };
  if (path !== `${METADATA}${name}`) return { status: 404, body: "" };
  return jsonAnswer(200, { ...credentialsOf(issue()), Code: "Success" });
}

function credentialsOf(key: TestSessionKey): Readonly<Record<string, string>> {
  return {
    AccessKeyId: key.accessKeyId,
    AccessKeySecret: key.accessKeySecret,
    SecurityToken: key.securityToken,
    Expiration: new Date(key.expiresAt).toISOString().replace(/\.\d{3}Z$/, "Z"),
  };
}
