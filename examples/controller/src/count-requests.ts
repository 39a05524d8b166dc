import type { KubernetesApi, KubernetesWatchEvent } from "@image-updater/kubernetes";
import type { Metrics } from "./metrics.js";

/** The same API, whose requests are counted; an answer of 400 or more is a failed one. */
export function countRequests(
  api: KubernetesApi,
  { countApiRequest }: Pick<Metrics, "countApiRequest">,
): KubernetesApi {
  return {
    contract: "kubernetes-api/1",
    async request(request) {
      let failed = true;
      try {
        const response = await api.request(request);
        failed = response.status >= 400;
        return response;
      } finally {
        countApiRequest(failed);
      }
    },
    async *watch(request): AsyncGenerator<KubernetesWatchEvent> {
      let failed = true;
      try {
        for await (const event of api.watch(request)) {
          failed = event.type === "ERROR";
          yield event;
        }
        failed = false;
      } finally {
        countApiRequest(failed);
      }
    },
  };
}
