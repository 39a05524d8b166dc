import { describe, it } from "vitest";
import { startServer } from "../support/test-server.js";
import { clusterChecks } from "./cluster-checks.js";

describe("the API server for tests, as any other,", () => {
  const checks = clusterChecks(async () => {
    const { api } = await startServer();
    return { api, namespace: "team" };
  });
  it.each(checks)("$name", ({ run }) => run());
});
