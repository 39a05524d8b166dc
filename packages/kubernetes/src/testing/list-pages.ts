import type { KubernetesObject } from "./kubernetes-object.js";
import type { ObjectMatcher } from "./object-matcher.js";
import type { ObjectStore } from "./object-store.js";
import { Refusal } from "./refusal.js";
import type { ObjectPlace } from "./route.js";
import { expired, failure, type TestAnswer } from "./status-object.js";
import { apiVersionOf, qualifiedName } from "./test-resource.js";

/** Answers lists, page by page, each from what there was at its first page. */
export interface ListPages {
  list(place: ObjectPlace, query: URLSearchParams, matches: ObjectMatcher): TestAnswer;
  /** All tokens of next pages end, as after some minutes. */
  expire(): void;
}

interface Snapshot {
  readonly version: number;
  readonly items: readonly KubernetesObject[];
}

/** Keeps the pages of lists over the store. */
export function createListPages(store: ObjectStore): ListPages {
  const snapshots = new Map<string, Snapshot>();
  let next = 0;

  const open = (
    { resource, namespace }: ObjectPlace,
    token: string | null,
    matches: ObjectMatcher,
  ): Snapshot => {
    if (token === null || token === "") {
      const items = store.list(qualifiedName(resource), namespace);
      return { version: store.version, items: items.filter(matches) };
    }
    const snapshot = snapshots.get(token);
    if (snapshot !== undefined) return snapshot;
    const message =
      "The provided continue parameter is too old to display a consistent list result.";
    throw new Refusal(failure(expired(message)));
  };

  return {
    list(place, query, matches): TestAnswer {
      const { version, items } = open(place, query.get("continue"), matches);
      const limit = Number(query.get("limit") ?? 0) || items.length;
      const rest = items.slice(limit);
      const token = rest.length === 0 ? undefined : `page-${(next += 1)}`;
      if (token !== undefined) snapshots.set(token, { version, items: rest });
      const more = token === undefined ? {} : { continue: token, remainingItemCount: rest.length };
      const { resource } = place;
      return {
        status: 200,
        body: {
          apiVersion: apiVersionOf(resource),
          kind: `${resource.kind}List`,
          metadata: { resourceVersion: String(version), ...more },
          items: items.slice(0, limit).map((item) => asItem(item, resource.group)),
        },
      };
    },
    expire: () => snapshots.clear(),
  };
}

/** Items of the built-in groups come without kind and version; custom resources keep them. */
function asItem(object: KubernetesObject, group: string): unknown {
  if (group.includes(".") && !group.endsWith(".k8s.io")) return object;
  const { apiVersion: _version, kind: _kind, ...item } = object;
  return item;
}
