import { qualifiedName, type KubernetesTestResource } from "./test-resource.js";

/** What the server answers. */
export interface TestAnswer {
  readonly status: number;
  /** JSON, or text as it is. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The `Status` object of a failure, in the API server's words. */
export interface StatusFields {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** A failure as a `Status` object. */
export function failure({ code, reason, message, details }: StatusFields): TestAnswer {
  return { status: code, body: statusObject({ code, reason, message, details }) };
}

/** The object of a failure, which a watch has in an `ERROR`. */
export function statusObject({ code, reason, message, details }: StatusFields): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  };
}

/** Says what the sentence is about: the resource, and the object where there is one. */
interface About {
  readonly resource: KubernetesTestResource;
  readonly name: string;
}

export function notFound(about: About): TestAnswer {
  const message = `${quoted(about)} not found`;
  return failure({ code: 404, reason: "NotFound", message, details: detailsOf(about) });
}

export function alreadyExists(about: About): TestAnswer {
  const message = `${quoted(about)} already exists`;
  return failure({ code: 409, reason: "AlreadyExists", message, details: detailsOf(about) });
}

export function conflict(about: About): TestAnswer {
  const message = `Operation cannot be fulfilled on ${quoted(about)}: the object has been modified; please apply your changes to the latest version and try again`;
  return failure({ code: 409, reason: "Conflict", message, details: detailsOf(about) });
}

export function badRequest(message: string): TestAnswer {
  return failure({ code: 400, reason: "BadRequest", message });
}

export function invalid({ resource, name }: About, fault: string): TestAnswer {
  const [field = "", ...rest] = fault.split(": ");
  const kind = resource.group === "" ? resource.kind : `${resource.kind}.${resource.group}`;
  const message = `${kind} "${name}" is invalid: ${fault}`;
  const causes = [{ reason: "FieldValueInvalid", message: rest.join(": "), field }];
  const details = { name, group: resource.group, kind: resource.kind, causes };
  return failure({ code: 422, reason: "Invalid", message, details });
}

/** What the API server says of a JSON Patch that does not apply, be it a `test` or a path. */
export function patchRefused(): TestAnswer {
  const message = "the server rejected our request due to an error in our request";
  return failure({ code: 422, reason: "Invalid", message, details: {} });
}

export function expired(message: string): StatusFields {
  return { code: 410, reason: "Expired", message };
}

function quoted({ resource, name }: About): string {
  return `${qualifiedName(resource)} "${name}"`;
}

function detailsOf({ resource, name }: About): Readonly<Record<string, unknown>> {
  return {
    name,
    ...(resource.group === "" ? {} : { group: resource.group }),
    kind: resource.resource,
  };
}
