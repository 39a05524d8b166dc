import { describe, expect, it } from "vitest";
import { formatDecisionReason } from "../../src/decision/format-decision-reason.js";
import { notLive } from "../../src/decision/not-live.js";
import { policyOf, reference } from "./policies.js";

describe("an image that is not live", () => {
  it.each([
    ["nginx", "docker.io/library/nginx:1"],
    ["docker.io/library/nginx", "nginx:1"],
    ["library/nginx", "nginx:1"],
    ["docker.io/k/app", "k/app:1"],
    ["k/app", "index.docker.io/k/app:1"],
    ["registry-1.docker.io/k/app", "docker.io/k/app@sha256:1"],
    ["x.io:443/o/a", "x.io/o/a:1"],
    ["x.io/o/a", "x.io:5000/o/a:1"],
    ["X.io/o/a", "x.io/o/a:1"],
    ["x.io/o/App", "x.io/o/app:1"],
    ["registry.example.com/o/a", "mirror.example.com/o/a:1"],
    ["nginx", "mirror.example.com/library/nginx:1"],
    ["ghcr.io/o/a", "cache.example.com/ghcr/o/a:1"],
    ["ghcr.io/org/backend", "ghcr.io/org/bakcend:1"],
    ["ghcr.io/org/backend", "ghcr.io/org/back-end:1"],
  ])("%s names %s as the one that was probably meant", (configured, running) => {
    const live = [reference("unrelated.example.net/x/y:1"), reference(running)];
    const name = running.replace(/(?::1|@.*)$/u, "");
    const reason = notLive(policyOf(configured), live);
    expect(reason).toEqual({ code: "not-live", meant: name });
    expect(formatDecisionReason(reason)).toContain(`write ${name}`);
  });

  it.each([
    ["nginx", "redis:1"],
    ["ghcr.io/o/api", "ghcr.io/o/web:1"],
    ["ghcr.io/team/job", "ghcr.io/team/app:1"],
    ["ghcr.io/team/worker1", "ghcr.io/team/worker2:1"],
    ["ghcr.io/team/api", "ghcr.io/team/app:1"],
    ["app", "x.io/o/app-worker:1"],
  ])("%s says nothing of %s", (configured, running) => {
    const reason = notLive(policyOf(configured), [reference(running)]);
    expect(reason).toEqual({ code: "not-live" });
    expect(formatDecisionReason(reason)).toBe("no running container uses the image");
  });

  it("prefers another spelling of Docker Hub to another registry", () => {
    const live = [reference("mirror.example.com/k/app:1"), reference("k/app:1")];
    expect(notLive(policyOf("docker.io/k/app"), live)).toMatchObject({ meant: "k/app" });
  });
});
