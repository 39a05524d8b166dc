import {
  applicationClientContract,
  applicationSourceContract,
  secretReaderContract,
} from "@image-updater/core/testing";
import { describe, it } from "vitest";
import {
  kubernetesApplicationClient,
  kubernetesApplications,
  kubernetesSecrets,
} from "../src/index.js";
import { application, secret } from "./support/objects.js";
import { startServer } from "./support/test-server.js";

describe("kubernetesSecrets keeps the SecretReader contract", () => {
  const clauses = secretReaderContract({
    async create() {
      const labels = { kind: "test" };
      const { api } = await startServer({
        objects: [secret("creds", { token: "s3cret" }, { labels }), secret("plain", {})],
      });
      return kubernetesSecrets({ api });
    },
  });
  it.each(clauses)("$name", ({ run }) => run());
});

describe("kubernetesApplicationClient keeps the ApplicationClient contract", () => {
  const clauses = applicationClientContract({
    async create() {
      const { api } = await startServer({ objects: [application("web")] });
      return kubernetesApplicationClient({ api });
    },
  });
  it.each(clauses)("$name", ({ run }) => run());
});

describe("kubernetesApplications keeps the ApplicationSource contract", () => {
  const clauses = applicationSourceContract({
    async create() {
      const { server, api } = await startServer({
        objects: [application("web"), application("api")],
      });
      return {
        source: kubernetesApplications({ api }),
        async put(manifest) {
          server.put(manifest);
        },
        async remove(name) {
          server.remove({ kind: "Application", ...name });
        },
      };
    },
    createSignal() {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort() };
    },
  });
  it.each(clauses)("$name", ({ run }) => run());
});
