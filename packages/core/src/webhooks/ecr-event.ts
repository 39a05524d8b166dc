import { dataText, splitSubject, type CloudEvent } from "./cloud-event.js";
import type { PushFields } from "./webhook-result.js";

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
  const owner = id === "" ? account : id;
  if (region === "" || owner === "") return "";
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `${owner}.dkr.ecr.${region}.${domain}`;
}
