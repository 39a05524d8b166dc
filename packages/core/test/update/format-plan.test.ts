import { describe, expect, it } from "vitest";
import { formatPlan } from "../../src/update/format-plan.js";
import { application, createWorld } from "./world.js";

const VALUES = "apps/web/values.yaml";
const registry = { "team/app": ["1.0", "1.1", "2.0", "latest"], "team/side": ["1.0"] };

const web = application({
  annotations: {
    "write-back-method": "git",
    "write-back-target": "helmvalues",
    "git-branch": "main:update-{{.AppName}}",
    "git-repository": "https://ci:s3cret@git.example.com/team/apps.git",
    "image-list":
      "app=ghcr.io/team/app:1.x, side=ghcr.io/team/side, job=ghcr.io/team/job, bad=ghcr.io/team/bad:1.x",
    "side.helm.image-tag": "side",
    "job.helm.image-spec": "job",
    "bad.helm.image-tag": "a",
    "bad.kustomize.image-name": "b",
  },
  live: ["ghcr.io/team/app:1.0", "ghcr.io/team/side:1.0"],
});

const files = { [VALUES]: "# ours\nimage:\n  name: ghcr.io/team/app\n  tag: '1.0'\nside: '1.0'\n" };

describe("a plan as text", () => {
  it("says what would change, why, and shows the difference", async () => {
    const { updater } = createWorld({
      registry,
      repositories: { "https://ci:s3cret@git.example.com/team/apps.git": { main: files } },
    });
    const idle = application({
      name: "idle",
      annotations: { "image-list": "side=ghcr.io/team/side" },
      live: ["ghcr.io/team/side:1.0"],
    });
    const patched = application({
      name: "patched",
      annotations: { "image-list": "app=ghcr.io/team/app:1.x" },
      live: ["ghcr.io/team/app:1.0"],
    });
    const lost = application({
      name: "lost",
      annotations: {
        "write-back-method": "git",
        "git-branch": "nowhere",
        "image-list": "app=ghcr.io/team/app:1.x",
      },
      live: ["ghcr.io/team/app:1.0"],
    });
    const plan = await updater.plan([web, idle, patched, lost]);
    expect(formatPlan(plan, { tags: 2 })).toMatchInlineSnapshot(`
      "Application argocd/web: 1 image(s) to update
        update       app=ghcr.io/team/app:1.x [semver] -> ghcr.io/team/app:1.1
          because "1.0" is running, "1.1" is newest
          rejected 1.0: is not the newest, which is 1.1
          rejected 2.0: does not satisfy 1.x
          … and 1 more rejected tag(s)
        up-to-date   side=ghcr.io/team/side [semver]
          because "1.0" is running and newest
        not-live     job=ghcr.io/team/job [semver]
          because no running container uses the image
        error        bad=ghcr.io/team/bad:1.x
          because helm and kustomize targets are set for one image; keep exactly one of them
        writes to https://git.example.com/team/apps.git, branch main, pushed to update-web
      --- a/apps/web/values.yaml
      +++ b/apps/web/values.yaml
      @@ -1,5 +1,5 @@
       # ours
       image:
         name: ghcr.io/team/app
      -  tag: '1.0'
      +  tag: '1.1'
       side: '1.0'

      Application argocd/idle: nothing to update
        up-to-date   side=ghcr.io/team/side [semver]
          because "1.0" is running and newest

      Application argocd/patched: 1 image(s) to update
        update       app=ghcr.io/team/app:1.x [semver] -> ghcr.io/team/app:1.1
          because "1.0" is running, "1.1" is newest
          rejected 1.0: is not the newest, which is 1.1
          rejected 2.0: does not satisfy 1.x
          … and 1 more rejected tag(s)
        writes to the Application
          /spec/source/helm/parameters: image.name=ghcr.io/team/app
          /spec/source/helm/parameters: image.tag=1.1

      Application argocd/lost: error
        update       app=ghcr.io/team/app:1.x [semver] -> ghcr.io/team/app:1.1
          because "1.0" is running, "1.1" is newest
          rejected 1.0: is not the newest, which is 1.1
          rejected 2.0: does not satisfy 1.x
          … and 1 more rejected tag(s)
        error: there is no repository https://git.example.com/team/apps.git
      "
    `);
  });

  it("says that there are no applications", () => {
    const plan = { contract: "plan/1", createdAt: "", applications: [] } as const;
    expect(formatPlan(plan)).toBe("No applications.\n");
  });

  it("lists twenty rejected tags, and counts the rest", async () => {
    const tags = Array.from({ length: 30 }, (_, index) => `0.${index}`);
    const { updater } = createWorld({ registry: { "team/app": tags } });
    const app = application({
      annotations: { "image-list": "app=ghcr.io/team/app" },
      live: ["ghcr.io/team/app:0.29"],
    });
    const lines = formatPlan(await updater.plan([app])).split("\n");
    expect(lines.filter((line) => line.includes("rejected 0."))).toHaveLength(20);
    expect(lines).toContain("    … and 9 more rejected tag(s)");
  });
});
