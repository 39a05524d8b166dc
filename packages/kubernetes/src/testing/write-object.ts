import { randomInt, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { encodeSecretData } from "./encode-secret-data.js";
import { keyOf, parseObject, type KubernetesObject } from "./kubernetes-object.js";
import type { ObjectStore } from "./object-store.js";
import { Refusal } from "./refusal.js";
import { alreadyExists, badRequest, conflict, invalid, notFound } from "./status-object.js";
import {
  apiVersionOf,
  MICRO_TIMES,
  qualifiedName,
  type KubernetesTestResource,
} from "./test-resource.js";

/** Where an object is written, and with which time. */
export interface WritePlace {
  readonly store: ObjectStore;
  readonly resource: KubernetesTestResource;
  readonly namespace: string;
  readonly now: () => Date;
}

/** Creates an object, as `POST` of a collection. */
export function createObject(place: WritePlace, body: unknown): KubernetesObject {
  const { store, resource, namespace, now } = place;
  const object = decode(place, body);
  const { generateName = "", ...metadata } = object.metadata;
  const name = metadata.name ?? `${generateName}${randomSuffix()}`;
  if (store.get(qualifiedName(resource), `${namespace}/${name}`) !== undefined) {
    throw new Refusal(alreadyExists({ resource, name }));
  }
  const created: KubernetesObject = {
    ...(resource.hasStatus === true ? withMember(object, "status", undefined) : object),
    metadata: {
      ...metadata,
      name,
      namespace,
      uid: randomUUID(),
      creationTimestamp: now().toISOString().replace(/\.\d+/, ""),
      ...(resource.hasGeneration === true ? { generation: 1 } : {}),
    },
  };
  validate(place, created);
  return store.put(qualifiedName(resource), created);
}

/**
 * Replaces an object, as `PUT`, or after a patch: its identity stays, its status changes by the
 * sub-resource only, and what does not change anything is not a change.
 */
export function updateObject(
  place: WritePlace,
  wanted: { readonly name: string; readonly isStatus: boolean },
  body: unknown,
): KubernetesObject {
  const { store, resource, namespace } = place;
  const { name } = wanted;
  const present = store.get(qualifiedName(resource), `${namespace}/${name}`);
  if (present === undefined) throw new Refusal(notFound({ resource, name }));
  const next = decode(place, body);
  const { resourceVersion = present.metadata.resourceVersion, uid } = next.metadata;
  if (resourceVersion !== present.metadata.resourceVersion) {
    throw new Refusal(conflict({ resource, name }));
  }
  if (uid !== undefined && uid !== present.metadata.uid) {
    throw new Refusal(conflict({ resource, name }));
  }
  if (next.metadata.name !== name) throw new Refusal(badRequest(`the name is not ${name}`));
  const merged = wanted.isStatus
    ? withMember(present, "status", next["status"])
    : mergeMain(resource, present, next);
  validate(place, merged);
  if (isDeepStrictEqual(merged, present)) return present;
  return keep(place, merged);
}

/** An object that waits for its last finalizer to go is deleted with it. */
function keep({ store, resource }: WritePlace, object: KubernetesObject): KubernetesObject {
  const stored = store.put(qualifiedName(resource), object);
  const { deletionTimestamp, finalizers } = stored.metadata;
  if (typeof deletionTimestamp === "string" && (finalizers ?? []).length === 0) {
    store.remove(qualifiedName(resource), keyOf(stored));
  }
  return stored;
}

function mergeMain(
  resource: KubernetesTestResource,
  present: KubernetesObject,
  next: KubernetesObject,
): KubernetesObject {
  const { uid, creationTimestamp, deletionTimestamp, generation, resourceVersion, namespace } =
    present.metadata;
  const fixed = { uid, creationTimestamp, deletionTimestamp, generation, resourceVersion };
  const metadata = definedOnly({ ...next.metadata, ...fixed, namespace });
  const whole = { ...next, metadata };
  const merged =
    resource.hasStatus === true ? withMember(whole, "status", present["status"]) : whole;
  if (resource.hasGeneration !== true || isSameBut(["metadata"], merged, present)) return merged;
  return { ...merged, metadata: { ...merged.metadata, generation: (generation ?? 1) + 1 } };
}

function decode({ resource, namespace }: WritePlace, body: unknown): KubernetesObject {
  const parsed = parseObject(body);
  if (parsed === undefined) throw new Refusal(badRequest("the object could not be decoded"));
  const object = encodeSecretData(parsed);
  if (object.kind !== resource.kind || object.apiVersion !== apiVersionOf(resource)) {
    const given = `${object.apiVersion}, Kind=${object.kind}`;
    throw new Refusal(badRequest(`${given} in body does not match ${resource.resource}`));
  }
  if ((object.metadata.namespace ?? namespace) !== namespace) {
    const message = "the namespace of the provided object does not match the namespace sent";
    throw new Refusal(badRequest(message));
  }
  for (const [part, field] of MICRO_TIMES[object.kind] ?? []) {
    const time = memberOf(object[part], field);
    if (time === undefined || time === null) continue;
    if (typeof time === "string" && /\.\d{6}(?:Z|[+-]\d\d:\d\d)$/.test(time)) continue;
    const problem = `parsing time ${JSON.stringify(time)} as "2006-01-02T15:04:05.000000Z07:00"`;
    throw new Refusal(badRequest(`${resource.kind} cannot be handled: ${problem}`));
  }
  return object;
}

function validate({ resource }: WritePlace, object: KubernetesObject): void {
  const { name = "" } = object.metadata;
  const isName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(name);
  const fault = isName
    ? resource.findFault?.(object)
    : `metadata.name: Invalid value: "${name}": a lowercase RFC 1123 subdomain is wanted`;
  if (fault !== undefined) throw new Refusal(invalid({ resource, name }, fault));
}

function withMember(object: KubernetesObject, key: string, value: unknown): KubernetesObject {
  return definedOnly({ ...object, [key]: value });
}

function isSameBut(
  keys: readonly string[],
  left: KubernetesObject,
  right: KubernetesObject,
): boolean {
  const rest = (object: KubernetesObject): unknown =>
    Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
  return isDeepStrictEqual(rest(left), rest(right));
}

function definedOnly<T extends object>(value: T): T {
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) Reflect.deleteProperty(value, key);
  }
  return value;
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

/** As the API server: no vowels, and nothing that is taken for another letter. */
function randomSuffix(): string {
  const letters = "bcdfghjklmnpqrstvwxz2456789";
  return Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join("");
}
