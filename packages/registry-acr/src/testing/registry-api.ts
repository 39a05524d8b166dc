import { createHash } from "node:crypto";
import type { AcrTagFixture } from "./acr-fixture.js";
import { errorAnswer, jsonAnswer, type ApiAnswer, type ApiAsk } from "./api-message.js";

const MOST_TAGS_OF_A_PAGE = 100;

/** What the APIs of the container registry answer from. */
export interface RegistryState {
  /** Of the Enterprise instance. */
  readonly instanceId: string;
  readonly repositories: ReadonlyMap<string, TestRepository>;
  /** A new password. */
  login(): TestLogin;
}

/** A repository. */
export interface TestRepository {
  /** Another for each repository, also for one made anew. */
  readonly id: string;
  readonly tags: readonly AcrTagFixture[];
}

/** A temporary login. */
export interface TestLogin {
  readonly username: string;
  readonly password: string;
  readonly expiresAt: number;
}

/** The Enterprise edition's API: actions and parameters in the query. */
export function answerEnterprise(ask: ApiAsk, state: RegistryState): ApiAnswer {
  const { searchParams } = ask.url;
  if (ask.headers["x-acs-version"] !== "2018-12-01" || ask.method !== "POST") {
    return errorAnswer(400, "InvalidVersion", "no such version");
  }
  if (searchParams.get("InstanceId") !== state.instanceId) {
    return errorAnswer(403, "NoPermission", "not your instance");
  }
  const action = ask.headers["x-acs-action"];
  if (action === "GetAuthorizationToken") return answerLogin(state);
  if (action === "GetRepository") return answerRepository(searchParams, state);
  if (action === "ListRepoTag") return answerTags(searchParams, state);
  return errorAnswer(404, "InvalidAction.NotFound", "no such action");
}

/** The personal edition's API: paths, and names in lower case. */
export function answerPersonal(ask: ApiAsk, state: RegistryState): ApiAnswer {
  const action = ask.headers["x-acs-action"];
  if (ask.headers["x-acs-version"] !== "2016-06-07" || ask.method !== "GET") {
    return errorAnswer(400, "InvalidVersion", "no such version", "lower");
  }
  if (ask.url.pathname === "/tokens" && action === "GetAuthorizationToken") {
    const { username, password, expiresAt } = state.login();
    const data = { tempUserName: username, authorizationToken: password, expireDate: expiresAt };
    return jsonAnswer(200, { data, requestId: "1" });
  }
  const [, path] = /^\/repos\/([^/]+\/[^/]+)\/tags$/.exec(ask.url.pathname) ?? [];
  const tags = state.repositories.get(path ?? "")?.tags;
  if (action !== "GetRepoTags" || tags === undefined) {
    return errorAnswer(404, "REPO_NOT_EXIST", "no such repository", "lower");
  }
  const { page, pageSize, rows } = pageOf(tags, ask.url.searchParams, "Page");
  const data = { total: tags.length, page, pageSize, tags: rows.map(personalRow) };
  return jsonAnswer(200, { data, requestId: "1" });
}

function success(fields: Readonly<Record<string, unknown>>): ApiAnswer {
  return jsonAnswer(200, { Code: "success", IsSuccess: true, RequestId: "1", ...fields });
}

function answerLogin(state: RegistryState): ApiAnswer {
  const { username, password, expiresAt } = state.login();
  return success({
    TempUsername: username,
    AuthorizationToken: password,
    ExpireTime: expiresAt,
  });
}

function answerRepository(query: URLSearchParams, { repositories }: RegistryState): ApiAnswer {
  const path = `${query.get("RepoNamespaceName")}/${query.get("RepoName")}`;
  const found = repositories.get(path);
  // As the real one: not every failure has a status of its own.
  if (found === undefined) return errorAnswer(200, "REPO_NOT_EXIST", "no such repository");
  return success({ RepoId: found.id, RepoStatus: "NORMAL", RepoType: "PRIVATE" });
}

function answerTags(query: URLSearchParams, { repositories }: RegistryState): ApiAnswer {
  const found = [...repositories.values()].find(({ id }) => id === query.get("RepoId"));
  if (found === undefined) return errorAnswer(200, "REPO_NOT_EXIST", "no such repository");
  const { tags } = found;
  const { page, pageSize, rows } = pageOf(tags, query, "PageNo");
  const images = rows.map(enterpriseRow);
  const counts = { PageNo: page, PageSize: pageSize, TotalCount: String(tags.length) };
  return success({ ...counts, Images: images });
}

function pageOf(
  tags: readonly AcrTagFixture[],
  query: URLSearchParams,
  name: string,
): { readonly page: number; readonly pageSize: number; readonly rows: readonly AcrTagFixture[] } {
  const page = Number(query.get(name) ?? "1");
  const pageSize = Math.min(MOST_TAGS_OF_A_PAGE, Number(query.get("PageSize") ?? "30"));
  return { page, pageSize, rows: tags.slice((page - 1) * pageSize, page * pageSize) };
}

function enterpriseRow(fixture: AcrTagFixture): Readonly<Record<string, unknown>> {
  const { tag, digest, status, created, updated } = fieldsOf(fixture);
  return {
    Tag: tag,
    Digest: digest,
    ImageId: digest,
    Status: status,
    ImageSize: 4096,
    ImageCreate: String(created),
    ImageUpdate: String(updated),
  };
}

function personalRow(fixture: AcrTagFixture): Readonly<Record<string, unknown>> {
  const { tag, digest, status, created, updated } = fieldsOf(fixture);
  return {
    tag,
    digest,
    imageId: digest,
    status,
    imageSize: 4096,
    imageCreate: created,
    imageUpdate: updated,
  };
}

/** Digests are written without their algorithm. */
function fieldsOf(fixture: AcrTagFixture): {
  readonly tag: string;
  readonly digest: string;
  readonly status: string;
  readonly created: number;
  readonly updated: number;
} {
  const { tag, status = "NORMAL", updated = "2024-01-01T00:00:00Z", created = updated } = fixture;
  const digest = fixture.digest ?? createHash("sha256").update(tag).digest("hex");
  return {
    tag,
    digest: digest.replace(/^sha256:/, ""),
    status,
    created: Date.parse(created),
    updated: Date.parse(updated),
  };
}
