import { textAt } from "../../../examples/controller/src/manifest-fields.js";
import type { KubernetesTestRule } from "@image-updater/kubernetes/testing";
import { afterEach, describe, expect, it } from "vitest";
import { readRoleRights, type RoleRight } from "./support/role-rules.js";
import {
  committed,
  imageUpdater,
  stageCluster,
  type ClusterStage,
} from "./support/stage-cluster.js";

const RIGHTS = await readRoleRights();

describe("the Role of the controller", () => {
  let stage: ClusterStage;

  afterEach(async () => {
    await stage.close();
  });

  /**
   * Starts a controller that has these rights, in the namespace `argocd` only, with all the kinds of
   * work there are: one Application by Git and an ImageUpdater, one by a patch, and one that always fails.
   */
  async function startWith(rights: readonly RoleRight[]): Promise<{ stop(): Promise<void> }> {
    const rules = rights.map(({ group, resource, verb }): KubernetesTestRule => ({
      apiGroups: [group],
      resources: [resource],
      verbs: [verb],
      namespaces: ["argocd"],
    }));
    stage = await stageCluster({ users: [{ token: "controller", rules }] });
    await stage.addApplication("web");
    stage.cluster.put(imageUpdater("team", "web", `${stage.registry.host}/acme/web`));
    const ending: object = imageUpdater("ending", "x", `${stage.registry.host}/acme/web`);
    stage.cluster.put({
      ...ending,
      metadata: {
        name: "ending",
        namespace: "argocd",
        deletionTimestamp: "2024-01-01T00:00:00Z",
        finalizers: ["resources-finalizer.argocd-image-updater.argoproj.io"],
      },
    });
    await stage.addApplication("api", { annotations: { "write-back-method": "argocd" } });
    await stage.addApplication("absent");
    return stage.start("--interval=2s", "--leader-election");
  }

  /** The verbs that were asked for, as `verb resource`, with the answer's status. */
  function asked(status: (code: number) => boolean): ReadonlySet<string> {
    const found = stage.cluster.requests.filter((request) => status(request.status));
    return new Set(found.map(({ verb, path }) => `${verb} ${resourceOf(path)}`));
  }

  /** Whether the lease, where there is one, was renewed lately, on the clock of the test. */
  function isRenewed(): boolean {
    const [lease] = stage.cluster.list("Lease");
    const renewed = Date.parse(textAt(lease, "spec", "renewTime"));
    return !(stage.clock.now().getTime() - renewed > 5000);
  }

  /** Lets time go by, slowly enough for the lease to be renewed. */
  function poll<T>(look: () => T): ReturnType<typeof expect.poll<T>> {
    return expect.poll(() => {
      if (isRenewed()) stage.clock.advance(500);
      return look();
    });
  }

  const names = RIGHTS.map(({ verb, resource }) => `${verb} ${resource}`);

  it("is enough for all that the controller does, and the controller does all of it", async () => {
    const controller = await startWith(RIGHTS);
    await poll(() => [...asked((status) => status !== 403)].toSorted()).toEqual(names.toSorted());
    expect(await committed(stage, "web")).toContain("acme/web:1.1.0");
    await controller.stop();
    expect([...asked((status) => status === 403)]).toEqual([]);
  });

  it.each(RIGHTS)("would not be enough without $verb $resource", async (right) => {
    await startWith(RIGHTS.filter((one) => one !== right));
    await poll(() => [...asked((status) => status === 403)]).toEqual([
      `${right.verb} ${right.resource}`,
    ]);
  });
});

/** `imageupdaters/status` of `/apis/…/namespaces/argocd/imageupdaters/team/status?…`. */
function resourceOf(path: string): string {
  const [, resource = "", , subresource] =
    /\/namespaces\/[^/]+\/([^/?]+)(\/[^/?]+)?(?:\/([^/?]+))?/u.exec(path) ?? [];
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}
