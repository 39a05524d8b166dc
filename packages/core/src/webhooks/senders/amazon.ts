import { z } from "zod";
import {
  configuredHost,
  decodePayload,
  REGISTRY_PARAMETER,
  textField,
  type WebhookParser,
} from "../webhook-parser.js";
import { acceptPush, ignore, withDelivery, type PushFields } from "../webhook-result.js";
import { dataText, splitSubject, type CloudEvent } from "./cloud-event.js";

const eventSchema = z.object({
  id: textField,
  account: textField,
  region: textField,
  "detail-type": textField,
  source: z.literal("aws.ecr"),
  detail: z.object({
    result: textField,
    "action-type": textField,
    "repository-name": textField,
    "image-tag": textField,
    "image-digest": textField,
  }),
});

/**
 * An event of Amazon's registry as EventBridge hands it to an API destination, without an input
 * transformer. The connection of the destination gives it the secret: as an API key named
 * `X-Webhook-Secret`, as a password, or in the query.
 */
export const amazonWebhook: WebhookParser = {
  secretIn: ["query", "webhook-secret", "credentials"],
  contentType: "json-if-given",
  parse(payload, request) {
    const decoded = decodePayload(eventSchema, payload);
    if (decoded.kind === "refused") return decoded;
    const { id, account, region, detail, "detail-type": type } = decoded.value;
    const { result, "action-type": action } = detail;
    const isPush = type === "ECR Image Action" && (action === "" || action === "PUSH");
    // EventBridge repeats what is refused.
    if (!isPush || (result !== "" && result !== "SUCCESS")) return ignore("nothing was pushed");
    const configured = configuredHost(request);
    const push = acceptPush(
      "ecr",
      {
        registry: configured === "" ? privateRegistry(region, account) : configured,
        repository: detail["repository-name"],
        tag: detail["image-tag"],
        digest: detail["image-digest"],
      },
      {
        registry: `account and region, or the query parameter "${REGISTRY_PARAMETER}"`,
        repository: "detail.repository-name",
      },
    );
    return withDelivery(push, id);
  },
};

/** `urn:aws:ecr:<region>:<account>:repository/<name>`, or the same as an ARN of any partition. */
const SOURCE = /^(?:urn|arn):aws[a-z-]*:ecr:(?<region>[a-z0-9-]+):(?<account>[0-9]*)(?::|$)/;

/** Whether an event is of Amazon's registry, put in this form by EventBridge's input transformer. */
export function isEcrEvent({ type }: CloudEvent): boolean {
  return type.startsWith("com.amazon.ecr.");
}

/** What an event of Amazon's registry says. The registry follows from source and `registryId`. */
export function readEcrEvent(event: CloudEvent): PushFields {
  const subject = splitSubject(event);
  const repository = dataText(event, "repositoryName");
  const tag = dataText(event, "imageTag");
  return {
    registry: registryOf(event),
    repository: repository === "" ? subject.repository : repository,
    tag: tag === "" ? subject.tag : tag,
    digest: dataText(event, "imageDigest"),
  };
}

function registryOf(event: CloudEvent): string {
  const { region = "", account = "" } = SOURCE.exec(event.source)?.groups ?? {};
  const id = dataText(event, "registryId");
  return privateRegistry(region, id === "" ? account : id);
}

/** The host of an account's registry; empty when one of the two is. */
function privateRegistry(region: string, owner: string): string {
  if (region === "" || owner === "") return "";
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `${owner}.dkr.ecr.${region}.${domain}`;
}
