import { dataText, splitSubject, type CloudEvent } from "./cloud-event.js";
import { registryHost } from "./payload-fields.js";
import type { PushFields } from "./webhook-result.js";

/** Whether an event is about images by its type, as Argo CD Image Updater tells. */
export function isImageEvent({ type }: CloudEvent): boolean {
  return type.includes("container") || type.includes("image");
}

/** What an event in the words of Argo CD Image Updater says; the subject fills what its data leave out. */
export function readImageEvent(event: CloudEvent): PushFields {
  const subject = splitSubject(event);
  const repository = dataText(event, "repositoryName", "repository");
  const tag = dataText(event, "imageTag", "tag");
  const registry = registryHost(dataText(event, "registryUrl", "registry"));
  return {
    registry: registry === "" ? sourceHost(event) : registry,
    repository: repository === "" ? subject.repository : repository,
    tag: tag === "" ? subject.tag : tag,
    digest: dataText(event, "imageDigest", "digest"),
  };
}

/** The host of a source that is an address: `https://localhost:5000/app`, `ghcr.io/owner/app`. */
function sourceHost({ source }: CloudEvent): string {
  const host = registryHost(source);
  return /^https?:\/\//.test(source) || host.includes(".") ? host : "";
}
