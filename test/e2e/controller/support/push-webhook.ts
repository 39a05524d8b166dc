import type { OciTestServer } from "@image-updater/registry-oci/testing";
import { send, type Answer } from "./send.js";

/** What Harbor's webhooks have to know. */
export const WEBHOOK_SECRET = "s3cret";

/** Tells of a push as Harbor does, to the webhook server at the port. */
export function pushWebhook(
  port: number | undefined,
  { host }: Pick<OciTestServer, "host">,
  repository: string,
  tag: string,
): Promise<Answer> {
  const body = {
    type: "PUSH_ARTIFACT",
    event_data: {
      resources: [{ tag, resource_url: `${host}/${repository}:${tag}` }],
      repository: { repo_full_name: repository },
    },
  };
  return send(port, "/webhook?type=harbor", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", authorization: WEBHOOK_SECRET },
  });
}
