import { createServer } from "node:http";
import {
  createUpdater,
  parseRegistriesConf,
  readApplication,
  type Application,
} from "@image-updater/core";
import { createTestClock } from "@image-updater/core/testing";
import { createOciRegistry } from "@image-updater/registry-oci";
import { expect, it } from "vitest";

const PREFIX = "argocd-image-updater.argoproj.io";
const IMAGES = Array.from({ length: 12 }, (_, index) => `r.example.com/team/app${index}`);
const SECOND = 1000;
const PATIENCE = { timeout: 120_000, interval: 1 };

it("a limit of one request a second makes no decision fail for its deadline", async () => {
  const clock = createTestClock();
  let answered = 0;
  const server = createServer((_, response) => {
    response.writeHead(200).end('{"tags":["1.0.0","1.1.0"]}', () => {
      answered += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const conf = `registries:
- name: r
  prefix: r.example.com
  api_url: http://127.0.0.1:${address.port}
  limit: 1
`;
  const registries = parseRegistriesConf(conf).value ?? [];
  const updater = createUpdater({
    clock,
    registriesConf: registries,
    writeBack: [],
    registries: [
      createOciRegistry({ registriesConf: registries, clock, requestTimeoutMs: 600_000 }),
    ],
    timeouts: { registry: 5 * SECOND },
  });
  let isOver = false;
  const planning = updater.plan([application()]).finally(() => {
    isOver = true;
  });
  // A second goes by once its request was answered: no machine is too slow.
  for (let seconds = 1; seconds < IMAGES.length; seconds += 1) {
    await expect.poll(() => answered >= seconds || isOver, PATIENCE).toBe(true);
    clock.advance(SECOND);
  }
  const [planned] = (await planning).applications;
  const outcomes = planned?.images.map(({ decision }) => decision.outcome);
  expect(outcomes).toEqual(IMAGES.map(() => "update"));
  expect(answered).toBe(IMAGES.length);
  server.closeAllConnections();
  server.close();
});

function application(): Application {
  const list = IMAGES.map((image, index) => `a${index}=${image}:1.x`).join(",");
  const { value } = readApplication({
    metadata: {
      name: "web",
      namespace: "argocd",
      annotations: { [`${PREFIX}/image-list`]: list },
    },
    spec: { source: { repoURL: "https://git.example.com/o/r", path: "k" } },
    status: {
      sourceType: "Kustomize",
      summary: { images: IMAGES.map((image) => `${image}:1.0.0`) },
    },
  });
  if (value === undefined) throw new Error("the application cannot be read");
  return value;
}
