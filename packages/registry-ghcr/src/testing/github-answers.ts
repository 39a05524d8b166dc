import { createHash } from "node:crypto";
import { jsonAnswer, messageAnswer, type ApiAnswer } from "./api-answer.js";
import { apiRouteOf, type ApiRoute } from "./api-route.js";
import { faultyAnswer, type FaultPoint, type GithubFaultPlan } from "./github-fault.js";
import type { GithubPackagesOptions, GithubTokenFixture, PackageStore } from "./github-fixture.js";
import { versionsPage } from "./versions-page.js";

const HOUR_SECONDS = 3600;

/** A request as the test API sees it. */
export interface GithubAsk {
  readonly url: URL;
  readonly token: string | undefined;
  readonly hasUserAgent: boolean;
  readonly ifNoneMatch: string | undefined;
}

/** An answer, or how the connection ends without one. */
export type GithubOutcome = ApiAnswer | "hang" | "disconnect";

/** What the API of these options answers. */
export function createGithubAnswers(
  options: GithubPackagesOptions,
  store: PackageStore,
  faults: GithubFaultPlan,
): (ask: GithubAsk) => GithubOutcome {
  const { tokens = {}, hourlyLimit = 5000, basePath = "" } = options;
  const counts = new Map<string, number>();
  const reset = Math.ceil(Date.now() / 1000) + HOUR_SECONDS;

  function limitHeaders(who: string): Readonly<Record<string, string>> {
    const remaining = Math.max(0, hourlyLimit - (counts.get(who) ?? 0));
    return {
      "x-ratelimit-limit": `${hourlyLimit}`,
      "x-ratelimit-remaining": `${remaining}`,
      "x-ratelimit-reset": `${reset}`,
    };
  }

  /** The hourly limit is the user's, whichever token asks. */
  function counted(answer: ApiAnswer, who: string): ApiAnswer {
    const used = counts.get(who) ?? 0;
    if (answer.status !== 304 && used >= hourlyLimit) {
      return messageAnswer(403, "API rate limit exceeded for user ID 1.", limitHeaders(who));
    }
    if (answer.status !== 304) counts.set(who, used + 1);
    return { ...answer, headers: { ...answer.headers, ...limitHeaders(who) } };
  }

  return (ask) => {
    if (!ask.hasUserAgent) return messageAnswer(403, "Request forbidden by administrative rules.");
    if (ask.token === undefined) return messageAnswer(401, "Requires authentication");
    const holder = tokens[ask.token];
    if (holder === undefined) return messageAnswer(401, "Bad credentials");
    const route = apiRouteOf(ask.url.pathname, basePath);
    const right = answerRoute(route, holder, options, store, ask.url);
    const fault = faults.take(pointOf(route, ask.url));
    if (fault !== undefined) return faultyAnswer(fault, right, ask.url);
    return counted(revalidated(right, ask.token, ask.ifNoneMatch), holder.login ?? ask.token);
  };
}

function pointOf(route: ApiRoute, url: URL): FaultPoint {
  if (route.kind === "unknown") return "elsewhere";
  if (route.kind === "user") return "user";
  return url.searchParams.has("page") ? "versions-page" : "versions";
}

function answerRoute(
  route: ApiRoute,
  holder: GithubTokenFixture,
  options: GithubPackagesOptions,
  store: PackageStore,
  url: URL,
): ApiAnswer {
  if (route.kind === "unknown") return notFound;
  if (route.kind === "user") return userAnswer(holder);
  if (holder.scopes !== undefined && !holder.scopes.includes("read:packages")) {
    return messageAnswer(403, "You need at least read:packages scope to list versions.");
  }
  const owner = (route.of === "self" ? holder.login : route.owner)?.toLowerCase() ?? "";
  const packageName = `${owner}/${route.name.toLowerCase()}`;
  const versions = store.versions(packageName);
  const isOrganization = includes(options.organizations, owner);
  const isKind = isOrganization === (route.of === "organization");
  const isPrivate = includes(options.privatePackages, packageName);
  const isVisible = !isPrivate || route.of === "self" || includes(holder.reads, packageName);
  if (versions === undefined || !isKind || !isVisible) return notFound;
  return versionsPage(versions, packageName, url);
}

const notFound: ApiAnswer = messageAnswer(404, "Not Found");

function userAnswer({ login }: GithubTokenFixture): ApiAnswer {
  if (login === undefined) return messageAnswer(403, "Resource not accessible by integration");
  return jsonAnswer(200, { login, id: 1, type: "User" });
}

function includes(names: readonly string[] | undefined, name: string): boolean {
  return names?.some((known) => known.toLowerCase() === name) === true;
}

/** The ETag of one token is none of another's, as GitHub has it. */
function revalidated(right: ApiAnswer, token: string, ifNoneMatch: string | undefined): ApiAnswer {
  if (right.status !== 200) return right;
  const hash = createHash("sha256")
    .update(JSON.stringify([token, right.body]))
    .digest("hex");
  const etag = `W/"${hash}"`;
  if (ifNoneMatch === etag) return { status: 304, headers: { etag }, body: "" };
  return { ...right, headers: { ...right.headers, etag } };
}
