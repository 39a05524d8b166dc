import assert from "node:assert/strict";
import { inMemorySecrets } from "@image-updater/core/testing";
import { startOciRegistry } from "@image-updater/registry-oci/testing";
import { startGitServer } from "@image-updater/writeback-git/testing";
import { gitOfArgoCd, gitWithToken, testAgainstGit } from "./adapters.js";
import { parseSomeAnnotations, testPolicy, testStrategy } from "./policies.js";
import { updateApplication } from "./program.js";
import { readWithResource } from "./resources.js";

parseSomeAnnotations();
testPolicy();
testStrategy();
readWithResource();
assert.equal(gitWithToken(() => Promise.resolve("token")).contract, "write-back-target/1");
const argoCdGit = gitOfArgoCd(inMemorySecrets([]), () => Promise.resolve(""), "");
assert.equal(argoCdGit.accepts({ method: "git", target: { kind: "override" } }), true);
await testAgainstGit();
await verifyProgram();

/** Runs the program of the README against servers on loopback. */
async function verifyProgram(): Promise<void> {
  const registry = await startOciRegistry({
    fixture: { "acme/web": [{ tag: "1.0.0" }, { tag: "1.1.0" }] },
  });
  const git = await startGitServer({ auth: { username: "bot", password: "secret" } });
  try {
    const repository = await git.createRepository("apps", {
      branches: { main: { "web/kustomization.yaml": "resources: []\n" } },
    });
    const manifest = `
metadata:
  name: web
  annotations:
    argocd-image-updater.argoproj.io/image-list: web=registry.example.com/acme/web:1.x
    argocd-image-updater.argoproj.io/write-back-method: git
spec:
  source: { repoURL: "${repository.url}", path: web }
status:
  sourceType: Kustomize
  summary: { images: ["registry.example.com/acme/web:1.0.0"] }
`;
    const conf = `registries: [{ name: acme, prefix: registry.example.com, api_url: "${registry.url}" }]`;
    const credentials = {
      forGit: () =>
        Promise.resolve({ kind: "basic", username: "bot", password: "secret" } as const),
    };
    const report = await updateApplication(manifest, conf, credentials, true);
    assert.equal(report.counters.imagesUpdated, 1);
    const written = await git.readFile("apps", "main", "web/.argocd-source-web.yaml");
    assert.equal(written, "kustomize:\n  images:\n  - registry.example.com/acme/web:1.1.0\n");
  } finally {
    await Promise.all([registry.close(), git.close()]);
  }
}
