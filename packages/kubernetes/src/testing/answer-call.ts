import { keyOf, type KubernetesObject } from "./kubernetes-object.js";
import type { ListPages } from "./list-pages.js";
import type { ObjectStore } from "./object-store.js";
import { parseObjectMatcher } from "./object-matcher.js";
import { patchObject } from "./patch-object.js";
import { Refusal } from "./refusal.js";
import type { ObjectPlace } from "./route.js";
import { conflict, failure, notFound, type TestAnswer } from "./status-object.js";
import { qualifiedName } from "./test-resource.js";
import { createObject, updateObject, type WritePlace } from "./write-object.js";

/** A call of the API, taken apart. */
export interface TestCall {
  readonly verb: string;
  readonly place: ObjectPlace;
  readonly query: URLSearchParams;
  readonly contentType: string;
  /** Decoded JSON. */
  readonly body: unknown;
}

/** What calls are answered from. */
export interface CallContext {
  readonly store: ObjectStore;
  readonly pages: ListPages;
  readonly now: () => Date;
}

/** Answers everything but a watch; throws a Refusal where the API server would refuse. */
export function answerCall(call: TestCall, context: CallContext): TestAnswer {
  const { verb, place, body } = call;
  switch (verb) {
    case "list":
      return context.pages.list(place, call.query, parseObjectMatcher(call.query));
    case "get":
      return { status: 200, body: present(place, context) };
    case "create":
      return { status: 201, body: createObject(writePlace(place, context), body) };
    case "update":
      return { status: 200, body: update(place, body, context) };
    case "patch": {
      const patched = patchObject(present(place, context), call.contentType, body);
      return { status: 200, body: update(place, patched, context) };
    }
    case "delete":
      return remove(call, context);
    default: {
      const message = "the server does not allow this method on the requested resource";
      return failure({ code: 405, reason: "MethodNotAllowed", message });
    }
  }
}

function present(place: ObjectPlace, { store }: CallContext): KubernetesObject {
  const { resource, namespace = "", name = "" } = place;
  const found = store.get(qualifiedName(resource), `${namespace}/${name}`);
  if (found === undefined) throw new Refusal(notFound({ resource, name }));
  return found;
}

function update(place: ObjectPlace, body: unknown, context: CallContext): KubernetesObject {
  const { name = "", subresource } = place;
  const wanted = { name, isStatus: subresource === "status" };
  return updateObject(writePlace(place, context), wanted, body);
}

/** With finalizers it only begins to end. */
function remove({ place, body }: TestCall, context: CallContext): TestAnswer {
  const { store, now } = context;
  const { resource } = place;
  const found = present(place, context);
  const { metadata } = found;
  const wantedVersion = preconditionOf(body);
  if (wantedVersion !== undefined && wantedVersion !== metadata.resourceVersion) {
    throw new Refusal(conflict({ resource, name: metadata.name ?? "" }));
  }
  if ((metadata.finalizers ?? []).length > 0) {
    if (metadata.deletionTimestamp !== undefined) return { status: 200, body: found };
    // The beginning of the end counts as a change of the spec.
    const begun = {
      deletionTimestamp: now().toISOString().replace(/\.\d+/, ""),
      ...(metadata.generation === undefined ? {} : { generation: metadata.generation + 1 }),
    };
    const ending = { ...found, metadata: { ...metadata, ...begun } };
    return { status: 200, body: store.put(qualifiedName(resource), ending) };
  }
  store.remove(qualifiedName(resource), keyOf(found));
  const details = { name: metadata.name, group: resource.group, kind: resource.resource };
  const body200 = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
  return { status: 200, body: body200 };
}

function preconditionOf(body: unknown): unknown {
  const preconditions = memberOf(body, "preconditions");
  return memberOf(preconditions, "resourceVersion");
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function writePlace({ resource, namespace = "" }: ObjectPlace, context: CallContext): WritePlace {
  return { store: context.store, resource, namespace, now: context.now };
}
