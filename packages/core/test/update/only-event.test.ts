import { expect, it } from "vitest";
import { parseWebhook } from "../../src/webhooks/parse-webhook.js";
import { application, createWorld } from "./world.js";

const BASE = { "write-back-method": "git" };

it("touches only the images that a push event is about", async () => {
  const { updater, registry } = createWorld({
    registry: { "library/nginx": ["1.0", "1.1"], "team/api": ["1.0", "1.1"] },
  });
  const pushed = parseWebhook("docker.io", {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      push_data: { tag: "1.1" },
      repository: { repo_name: "library/nginx", namespace: "library", name: "nginx" },
    }),
  });
  if (pushed.kind !== "push") throw new Error(pushed.kind);
  const report = await updater.run(
    [
      application({
        annotations: {
          ...BASE,
          "image-list": "web=nginx,api=ghcr.io/team/api",
          "api.helm.image-spec": "api",
        },
        live: ["nginx:1.0", "ghcr.io/team/api:1.0"],
      }),
      application({
        name: "other",
        annotations: { ...BASE, "image-list": "api=ghcr.io/team/api" },
        live: ["ghcr.io/team/api:1.0"],
      }),
    ],
    { only: pushed.event },
  );
  expect(registry.calls).toEqual(["tags library/nginx"]);
  expect(report.counters).toMatchObject({ applications: 1, imagesConsidered: 1, imagesUpdated: 1 });
});
