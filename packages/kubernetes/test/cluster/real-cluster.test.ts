import { env, stderr } from "node:process";
import { afterAll, beforeAll, describe, it } from "vitest";
import { clusterChecks } from "../checks/cluster-checks.js";
import { enterCluster, type RealCluster } from "./real-cluster.js";

/** Two variables, so that nobody's cluster is written to because a shell had `KUBECONFIG` set. */
const kubeconfig = env["TEST_CLUSTER"] === "1" ? env["KUBECONFIG"] : undefined;

if (kubeconfig === undefined) {
  stderr.write(
    "skipped: a real API server needs KUBECONFIG, and TEST_CLUSTER=1 to be written to\n",
  );
}

describe.skipIf(kubeconfig === undefined)("a real API server", () => {
  let cluster: RealCluster | undefined;

  beforeAll(async () => {
    cluster = await enterCluster(kubeconfig ?? "");
  });

  afterAll(async () => {
    await cluster?.leave();
  });

  const checks = clusterChecks(async () => {
    if (cluster === undefined) throw new Error("there is no cluster");
    return { api: cluster.api, namespace: await cluster.createNamespace() };
  });
  it.each(checks)("$name", ({ run }) => run());
});
