import { describe, expect, it } from "vitest";
import { APPLICATIONS, IMAGE_UPDATERS, SECRETS } from "../../src/api/resource.js";
import { statusError, type ResourceCall } from "../../src/api/status-error.js";

const web: ResourceCall = {
  resource: APPLICATIONS,
  namespace: "argocd",
  name: "web",
  verb: "patch",
};

describe("an answer that is not a success", () => {
  it.each([
    [400, "BadRequest", "bad-request", false],
    [401, "Unauthorized", "unauthorized", false],
    [403, "Forbidden", "forbidden", false],
    [404, "NotFound", "not-found", false],
    [405, "MethodNotAllowed", "bad-request", false],
    [408, "Timeout", "timeout", true],
    [409, "AlreadyExists", "already-exists", false],
    [409, "Conflict", "conflict", true],
    [410, "Expired", "expired", true],
    [410, "Gone", "expired", true],
    [422, "Invalid", "invalid", false],
    [429, "TooManyRequests", "rate-limited", true],
    [500, "InternalError", "unavailable", true],
    [503, "ServiceUnavailable", "unavailable", true],
    [504, "Timeout", "timeout", true],
    [302, "", "invalid-response", false],
  ])("%i %s is %s", (status, reason, code, retryable) => {
    const error = statusError(web, { status, body: { kind: "Status", reason } });
    expect(error).toMatchObject({ code, retryable, context: { verb: "patch", status } });
    expect(error.message).toContain('patch applications.argoproj.io "web" in namespace "argocd"');
  });

  it("is told without a body too", () => {
    expect(statusError(web, { status: 429, body: undefined, retryAfterSeconds: 7 })).toMatchObject({
      code: "rate-limited",
      context: { retryAfterSeconds: 7 },
    });
  });

  it.each<readonly [string, ResourceCall, string]>([
    [
      "of a namespace",
      { resource: SECRETS, namespace: "argocd", name: "creds", verb: "get" },
      'a Role in namespace "argocd" needs the rule apiGroups: [""], resources: ["secrets"], verbs: ["get"]',
    ],
    [
      "of all namespaces",
      { resource: APPLICATIONS, verb: "list" },
      'a ClusterRole needs the rule apiGroups: ["argoproj.io"], resources: ["applications"], verbs: ["list"]',
    ],
    [
      "of a sub-resource",
      {
        resource: IMAGE_UPDATERS,
        namespace: "a",
        name: "b",
        subresource: "status",
        verb: "update",
      },
      'resources: ["imageupdaters/status"], verbs: ["update"]',
    ],
  ])("403 names the right that is missing, %s", (_, call, rule) => {
    expect(statusError(call, { status: 403, body: {} }).message).toContain(rule);
  });

  it("403 quotes a webhook that refuses, up to a length", () => {
    const message = `admission webhook "x" denied the request: ${"no ".repeat(500)}`;
    const error = statusError(web, { status: 403, body: { message } });
    expect(error.message).toContain('admission webhook "x" denied');
    expect(error.message.length).toBeLessThan(700);
  });

  it("422 names the fields, and no value of them", () => {
    const body = {
      reason: "Invalid",
      message: 'Application "web" is invalid: spec.project: Invalid value: "s3cret"',
      details: { name: "web", causes: [{ field: "spec.project", message: 's3cret "bad"' }] },
    };
    const { message } = statusError(web, { status: 422, body });
    expect(message).toContain("spec.project");
    expect(message).not.toContain("s3cret");
  });

  it("404 without an object is a resource that is not installed", () => {
    const { message } = statusError(web, { status: 404, body: undefined });
    expect(message).toContain("is the custom resource definition of applications.argoproj.io");
  });
});
