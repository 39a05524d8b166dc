import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryLogger } from "@image-updater/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openApplicationsFolder } from "../../../examples/controller/src/applications-folder.js";
import type { Inventory } from "../../../examples/controller/src/inventory.js";
import { listAt, textAt } from "../../../examples/controller/src/manifest-fields.js";

const NAME = { namespace: "argocd", name: "web" };

function application(name: string, revision: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name} }
spec: { source: { repoURL: "https://git.example.com", targetRevision: ${revision} } }
`;
}

describe("a folder of manifests", () => {
  let path: string;
  const logger = createMemoryLogger();

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), "manifests-"));
  });

  afterEach(async () => {
    await rm(path, { recursive: true });
  });

  const open = (): Promise<Inventory> =>
    openApplicationsFolder({ path, namespace: "argocd", logger });
  const write = (file: string, text: string): Promise<void> => writeFile(join(path, file), text);
  const names = async ({ applications }: Inventory): Promise<readonly string[]> =>
    (await applications.list()).map((manifest) => textAt(manifest, "metadata", "name"));

  it("is read again for each list", async () => {
    await write("web.yaml", application("web", "main"));
    const inventory = await open();
    expect(await names(inventory)).toEqual(["web"]);
    await write("all.yml", `${application("api", "main")}---\n${application("job", "main")}`);
    await rm(join(path, "web.yaml"));
    expect((await names(inventory)).toSorted()).toEqual(["api", "job"]);
  });

  it("keeps a patch until the file's Application changes, and the file as it is", async () => {
    await write("web.yaml", application("web", "main"));
    const inventory = await open();
    const patch = [
      { op: "add", path: "/spec/source/kustomize", value: { images: ["a"] } },
    ] as const;
    await inventory.client.patch(NAME, patch);
    const images = async (): Promise<readonly unknown[]> => {
      const [manifest] = await inventory.applications.list();
      return listAt(manifest, "spec", "source", "kustomize", "images");
    };
    expect(await images()).toEqual(["a"]);
    await write("comment.yaml", "# nothing\n");
    expect(await images()).toEqual(["a"]);
    await write("web.yaml", application("web", "other"));
    expect(await images()).toEqual([]);
  });

  it("has secrets and config maps, in its namespace where they name none", async () => {
    await write(
      "others.yaml",
      `apiVersion: v1
kind: Secret
metadata: { name: login, labels: { kind: git } }
data: { user: ${Buffer.from("bot").toString("base64")} }
stringData: { password: of-git }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: conf, namespace: other }
data: { registries.conf: "registries: []" }
---
apiVersion: v1
kind: Service
metadata: { name: ignored }
`,
    );
    const { secrets, readConfigMap } = await open();
    const [login] = await secrets.list({ namespace: "argocd", labels: { kind: "git" } });
    expect(Object.fromEntries(login?.data ?? [])).toEqual({ user: "bot", password: "of-git" });
    const key = "registries.conf";
    expect(await readConfigMap({ namespace: "other", name: "conf", key }, {})).toBe(
      "registries: []",
    );
    expect(await readConfigMap({ name: "conf", key }, {})).toBeUndefined();
  });

  it("says so when it is not there", async () => {
    const missing = join(path, "missing");
    const opening = openApplicationsFolder({ path: missing, namespace: "argocd", logger });
    await expect(opening).rejects.toThrow(missing);
  });
});
