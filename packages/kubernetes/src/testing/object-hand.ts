import { randomUUID } from "node:crypto";
import { encodeSecretData } from "./encode-secret-data.js";
import { keyOf, parseObject, type KubernetesObject, type ObjectName } from "./kubernetes-object.js";
import type { ObjectStore } from "./object-store.js";
import { qualifiedName, type KubernetesTestResource } from "./test-resource.js";

/** A hand that reads and changes what the server holds without asking it. */
export interface ObjectHand {
  put(object: object): KubernetesObject;
  get(name: ObjectName): KubernetesObject | undefined;
  list(kind: string): readonly KubernetesObject[];
  remove(name: ObjectName): void;
}

/** What a hand works on. */
export interface HandSettings {
  readonly store: ObjectStore;
  readonly resources: readonly KubernetesTestResource[];
  readonly now: () => Date;
}

/** A hand over a store; an object of a kind that the server does not know is a mistake of the test. */
export function createObjectHand({ store, resources, now }: HandSettings): ObjectHand {
  const find = (kind: string): KubernetesTestResource => {
    const found = resources.find((resource) => resource.kind === kind);
    if (found === undefined) throw new Error(`the test server knows no kind ${kind}`);
    return found;
  };
  const resourceOf = (kind: string): string => qualifiedName(find(kind));
  return {
    put(object): KubernetesObject {
      const parsed = parseObject(object);
      if (parsed === undefined) throw new Error("an object has apiVersion, kind and metadata");
      const { hasGeneration } = find(parsed.kind);
      const resource = resourceOf(parsed.kind);
      const named = encodeSecretData(withNamespace(parsed));
      const before = store.get(resource, keyOf(named))?.metadata;
      const { uid = randomUUID(), generation = 1 } = named.metadata;
      const metadata = {
        creationTimestamp: before?.creationTimestamp ?? now().toISOString().replace(/\.\d+/, ""),
        ...named.metadata,
        uid: before?.uid ?? uid,
        ...(hasGeneration === true
          ? { generation: before?.generation === undefined ? generation : before.generation + 1 }
          : {}),
      };
      return store.put(resource, { ...named, metadata });
    },
    get: ({ kind, namespace, name }) => store.get(resourceOf(kind), `${namespace}/${name}`),
    list: (kind) => store.list(resourceOf(kind), undefined),
    remove: ({ kind, namespace, name }) => store.remove(resourceOf(kind), `${namespace}/${name}`),
  };
}

function withNamespace(object: KubernetesObject): KubernetesObject {
  const { namespace = "argocd", ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, namespace } };
}
