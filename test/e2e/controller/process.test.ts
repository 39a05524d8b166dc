import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FLAGS } from "../../../examples/controller/src/flag-table.js";
import { runController, type ControllerProcess } from "./support/run-controller.js";
import { committed, stageCluster, type ClusterStage } from "./support/stage-cluster.js";
import { overrideOf, stageController, type ControllerStage } from "./support/stage-controller.js";

describe("the controller as a process, on a folder", () => {
  let stage: ControllerStage;

  beforeEach(async () => {
    stage = await stageController();
  });

  afterEach(async () => {
    await stage.close();
  });

  function run(...flags: readonly string[]): ControllerProcess {
    return runController(
      [
        "run",
        `--applications-dir=${stage.folder}/applications`,
        `--registries-conf-path=${stage.folder}/registries.conf`,
        "--git-allow-http",
        ...flags,
      ],
      { IMAGE_UPDATER_LOGFORMAT: "json" },
    );
  }

  it("ends after one cycle with --once", async () => {
    await stage.addApplication("web");
    const controller = run("--once");
    expect(await controller.ended).toBe(0);
    expect(await overrideOf(stage, "web")).toContain("acme/web:1.1.0");
    const lines = controller.output().trim().split("\n");
    const last = JSON.parse(lines.at(-1) ?? "") as { level: string; msg: string };
    expect(last.level).toBe("info");
    expect(last.msg).toContain("images_updated=1 errors=0");
  });

  it("ends with 1 when something failed", async () => {
    await stage.addApplication("absent");
    expect(await run("--interval=0").ended).toBe(1);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "finishes its push on %s, and ends with 0",
    async (name) => {
      await stage.addApplication("web");
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      let arrived = false;
      const before = async (): Promise<void> => {
        arrived = true;
        await held;
      };
      stage.git.setFaults([{ service: "git-receive-pack", before }]);
      const controller = run("--health-probe-bind-address=127.0.0.1:0");
      await expect.poll(() => arrived).toBe(true);
      controller.signal(name);
      await expect.poll(() => controller.output()).toContain(`${name}: stopping`);
      release();
      expect(await controller.ended).toBe(0);
      expect(await overrideOf(stage, "web")).toContain("acme/web:1.1.0");
    },
  );

  it("ends at once on a second signal", async () => {
    await stage.addApplication("web");
    let arrived = false;
    const before = (): Promise<never> => {
      arrived = true;
      return new Promise(() => undefined);
    };
    stage.git.setFaults([{ service: "git-receive-pack", before }]);
    const controller = run("--health-probe-bind-address=0");
    await expect.poll(() => arrived).toBe(true);
    controller.signal("SIGTERM");
    await expect.poll(() => controller.output()).toContain("SIGTERM: stopping");
    controller.signal("SIGINT");
    expect(await controller.ended).toBe("SIGINT");
    expect(await overrideOf(stage, "web")).toBeUndefined();
  });
});

describe("the controller as a process, on a cluster", () => {
  let stage: ClusterStage | undefined;

  afterEach(async () => {
    await stage?.close();
  });

  it("runs one cycle with --once and a kubeconfig, without a lease", async () => {
    stage = await stageCluster();
    await stage.addApplication("web");
    const controller = runController([
      "--once",
      `--kubeconfig=${stage.kubeconfig}`,
      `--registries-conf-path=${stage.registriesConf}`,
      "--git-allow-http",
    ]);
    expect(await controller.ended).toBe(0);
    expect(await committed(stage, "web")).toContain("acme/web:1.1.0");
    expect(stage.cluster.list("Lease")).toEqual([]);
    expect(controller.output()).not.toMatch(/of-git|of-images|test-token/u);
  });
});

describe("the controller's command line", () => {
  it("is refused with the list of flags when one is unknown", async () => {
    const controller = runController(["--intervall=1m"]);
    expect(await controller.ended).toBe(2);
    for (const { name } of FLAGS) expect(controller.output()).toContain(`--${name}`);
  });

  it("is explained by --help", async () => {
    const controller = runController(["--help"]);
    expect(await controller.ended).toBe(0);
    expect(controller.output()).toContain("--interval ");
  });
});
