import { randomBytes } from "node:crypto";
import type { Clock } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import type { AcrFixture, AcrTagFixture } from "./acr-fixture.js";
import type { ApiAnswer, ApiAsk } from "./api-message.js";
import { startApiServer } from "./api-server.js";
import {
  createSignatureCheck,
  type SignatureCheck,
  type TestAccessKey,
} from "./check-signature.js";
import { answerEnterprise, answerPersonal, type RegistryState } from "./registry-api.js";
import { createRepositories } from "./repositories.js";
import { createSecretSource, newAccessKey, type SecretOptions } from "./secret-source.js";
import {
  answerMetadata,
  answerSecurityToken,
  type EcsRoleFixture,
  type OidcRoleFixture,
  type SessionState,
} from "./session-api.js";
import { createThrottlePlan, type Throttling } from "./throttle-plan.js";

/** Options of {@link startAcrOpenApi}. */
export interface AcrOpenApiOptions extends SecretOptions {
  /** What the registry holds, in the order it is listed; default nothing. */
  readonly repositories?: AcrFixture | undefined;
  /** Id of the Enterprise instance; default `cri-test`. */
  readonly instanceId?: string | undefined;
  /** The key that may sign; default one of its own. */
  readonly accessKey?: TestAccessKey | undefined;
  /** What a pod may become (RRSA); default one of its own. */
  readonly oidcRole?: OidcRoleFixture | undefined;
  /** What the machine is; default `image-updater`, with tokens only. */
  readonly ecsRole?: EcsRoleFixture | undefined;
  /** Default the machine's own. */
  readonly clock?: Clock | undefined;
}

/** A request that the server got. */
export interface LoggedCall {
  /** `cr` is the container registry's OpenAPI. */
  readonly service: "cr" | "sts" | "metadata";
  /** What was called: `ListRepoTag`, or a path of the metadata service. */
  readonly action: string;
  readonly status: number;
}

/** A running server. */
export interface AcrOpenApiServer {
  /** Base URL of all its APIs. */
  readonly url: string;
  readonly instanceId: string;
  readonly accessKey: TestAccessKey;
  readonly oidcRole: OidcRoleFixture;
  /** All calls so far, oldest first. */
  readonly calls: readonly LoggedCall[];
  /** Passwords, keys and tokens that it knows or gave away: what no message may hold. */
  readonly secrets: readonly string[];
  /** Lists a tag before all others. */
  push(repository: string, tag: AcrTagFixture): void;
  /** Gives a repository another id, as one that was deleted and made anew. */
  recreate(repository: string): void;
  /** Answers calls with `Throttling.User`. */
  throttle(throttling?: Throttling): void;
  close(): Promise<void>;
}

/**
 * Starts Alibaba Cloud's APIs on 127.0.0.1, as far as reading a registry takes them: the container
 * registry's in both editions, the Security Token Service, and the metadata service of an instance.
 *
 * Signatures, nonces and sessions are checked; only a call that is signed well is answered.
 */
export async function startAcrOpenApi(options: AcrOpenApiOptions = {}): Promise<AcrOpenApiServer> {
  const { clock = systemClock(), instanceId = "cri-test" } = options;
  const { accessKey = newAccessKey("LTAI"), oidcRole = newOidcRole() } = options;
  const { ecsRole = { name: "image-updater" } } = options;
  const source = createSecretSource(options, clock);
  source.addKey(accessKey);
  source.addSecret(oidcRole.oidcToken);
  const repositories = createRepositories(options.repositories ?? {});
  const throttled = createThrottlePlan();
  const calls: LoggedCall[] = [];
  const parts = {
    registry: { instanceId, repositories: repositories.byPath, login: source.issueLogin },
    session: { oidcRole, ecsRole, issue: source.issueKey },
    check: createSignatureCheck(source.keyOf, () => clock.now().getTime()),
  };
  const server = await startApiServer((ask) => {
    const { service, action } = routeOf(ask);
    const refused = service === "metadata" ? undefined : throttled.refuse(action);
    const answer = refused ?? answerAsk(ask, service, parts);
    calls.push({ service, action, status: answer.status });
    return answer;
  });
  return {
    ...server,
    instanceId,
    accessKey,
    oidcRole,
    calls,
    secrets: source.secrets,
    push: repositories.push,
    recreate: repositories.recreate,
    throttle: (throttling = {}) => throttled.add(throttling),
  };
}

interface Parts {
  readonly registry: RegistryState;
  readonly session: SessionState;
  readonly check: SignatureCheck;
}

function answerAsk(
  ask: ApiAsk,
  service: LoggedCall["service"],
  { registry, session, check }: Parts,
): ApiAnswer {
  if (service === "metadata") return answerMetadata(ask, session);
  if (service === "sts") return answerSecurityToken(ask, session);
  const refused = check.refuse(ask);
  if (refused !== undefined) return refused;
  return ask.url.pathname === "/" ? answerEnterprise(ask, registry) : answerPersonal(ask, registry);
}

function routeOf({ url, headers }: ApiAsk): Pick<LoggedCall, "service" | "action"> {
  if (url.pathname.startsWith("/latest/")) return { service: "metadata", action: url.pathname };
  const action = url.searchParams.get("Action");
  if (action !== null) return { service: "sts", action };
  return { service: "cr", action: headers["x-acs-action"] ?? "" };
}

function newOidcRole(): OidcRoleFixture {
  return {
    roleArn: "acs:ram::1:role/image-updater",
    oidcProviderArn: "acs:ram::1:oidc-provider/ack-rrsa-test",
    oidcToken: `header.${randomBytes(32).toString("hex")}.signature`,
  };
}
