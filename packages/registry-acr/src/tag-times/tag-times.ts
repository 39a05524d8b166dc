import { RegistryError } from "@image-updater/core";
import type { Repository, TagSummary } from "@image-updater/core";
import {
  createBoundedMap,
  formatPlace,
  type Call,
  type Decoder,
  type RequestPlace,
} from "@image-updater/registry-oci/http";
import { z } from "zod";
import { registryFailure } from "../credentials/credential-failure.js";
import type { InstanceFinder } from "../instance/find-instance.js";
import type { AcrApi, AcrApiTarget } from "../openapi/acr-api.js";
import type { OpenApiCall } from "../openapi/open-api-call.js";
import { PAGE_SIZE, readTagRows } from "./read-tag-rows.js";
import {
  enterpriseTagPage,
  isLivingTag,
  personalTagPage,
  summarizeTag,
  type TagRow,
} from "./tag-page.js";

const MOST_REPOSITORIES = 10_000;

/** Times of many tags in one call. */
export interface TagTimes {
  /**
   * Name, digest and time of all tags, 100 in a call.
   *
   * @throws RegistryError when the list is not complete, or the key may not read it.
   */
  describeTags(repository: Repository, caller: Call): Promise<readonly TagSummary[]>;
}

/** Tag times by `ListRepoTag`, or `GetRepoTags` in the personal edition. */
export function createTagTimes(api: AcrApi, instances: InstanceFinder): TagTimes {
  const readEnterpriseRows = createEnterpriseReader(api);

  return {
    async describeTags(repository, caller): Promise<readonly TagSummary[]> {
      const place = { host: repository.host, repository: repository.path };
      const name = nameOf(repository, place);
      try {
        const instance = await instances.find(repository, caller);
        const target = { ...caller, instance, repository, place };
        const rows =
          instance.edition === "enterprise"
            ? await readEnterpriseRows(target, instance.instanceId, name)
            : await readPersonalRows(api, target, name);
        return rows.filter(isLivingTag).map(summarizeTag);
      } catch (error) {
        throw registryFailure(error, place);
      }
    },
  };
}

/** A repository as the OpenAPI names it. */
interface RepositoryName {
  readonly namespace: string;
  readonly name: string;
}

type ReadEnterpriseRows = (
  target: AcrApiTarget,
  instanceId: string,
  name: RepositoryName,
) => Promise<readonly TagRow[]>;

/** Ids of repositories are remembered; one that was made anew has another. */
function createEnterpriseReader(api: AcrApi): ReadEnterpriseRows {
  const ids = createBoundedMap<string>(MOST_REPOSITORIES);

  function listRows(
    target: AcrApiTarget,
    instanceId: string,
    id: string,
  ): Promise<readonly TagRow[]> {
    return readTagRows(
      (page) => api.call(target, listRepoTag(instanceId, id, page), enterpriseTagPage),
      target.place,
    );
  }

  return async (target, instanceId, name) => {
    const key = JSON.stringify([instanceId, name.namespace, name.name]);
    const known = ids.get(key);
    try {
      if (known !== undefined) return await listRows(target, instanceId, known);
    } catch (error) {
      if (!RegistryError.is(error) || error.code !== "not-found") throw error;
      ids.delete(key);
    }
    const id = await api.call(target, getRepository(instanceId, name), repositoryId);
    ids.set(key, id);
    return listRows(target, instanceId, id);
  };
}

function readPersonalRows(
  api: AcrApi,
  target: AcrApiTarget,
  { namespace, name }: RepositoryName,
): Promise<readonly TagRow[]> {
  const path = ["repos", namespace, name, "tags"];
  const call = (page: number): OpenApiCall => ({
    method: "GET",
    path,
    query: { Page: String(page), PageSize: String(PAGE_SIZE) },
    action: "GetRepoTags",
    version: "2016-06-07",
  });
  return readTagRows((page) => api.call(target, call(page), personalTagPage), target.place);
}

const ENTERPRISE = { method: "POST", path: [], version: "2018-12-01" } as const;

const repositoryId: Decoder<string> = z
  .object({ RepoId: z.string().min(1) })
  .transform(({ RepoId }) => RepoId);

function getRepository(InstanceId: string, { namespace, name }: RepositoryName): OpenApiCall {
  const query = { InstanceId, RepoNamespaceName: namespace, RepoName: name };
  return { ...ENTERPRISE, action: "GetRepository", query };
}

function listRepoTag(InstanceId: string, RepoId: string, page: number): OpenApiCall {
  const query = { InstanceId, RepoId, PageNo: String(page), PageSize: String(PAGE_SIZE) };
  return { ...ENTERPRISE, action: "ListRepoTag", query };
}

function nameOf({ path }: Repository, place: RequestPlace): RepositoryName {
  const slash = path.indexOf("/");
  if (slash > 0) return { namespace: path.slice(0, slash), name: path.slice(slash + 1) };
  const message = `${formatPlace(place)}: no repository of ACR; write it as namespace/name`;
  throw new RegistryError("not-found", message, place);
}
