// Writes to a repository until it is done or killed: `node write-in-child.mjs URL VERSION COUNT`.
import { createGitWriteBack } from "@image-updater/writeback-git";

const [, , repository = "", value = "", count = "1"] = process.argv;
const changes = Array.from({ length: Number(count) }, (_, index) => ({
  application: { name: `app-${index}`, namespace: "argocd" },
  settings: { method: "git", target: { kind: "override" } },
  location: { repository },
  edits: [
    {
      kind: "helm-values",
      path: `apps/app-${index}/values.yaml`,
      changes: [{ path: "tag", value }],
    },
  ],
  message: `build: automatic update of app-${index}\n`,
}));

process.stdout.write("ready\n");
const results = await createGitWriteBack({ allowHttp: true }).write(changes);
process.exitCode = results.every(({ kind }) => kind === "written") ? 0 : 1;
