import { createImageReference, parseTrackedImage, platformMatches } from "@image-updater/core";
import {
  findRunningImages,
  hasRegistryPrefix,
  matchForDigest,
  needsUpdate,
  shortForm,
  tagWithDigest,
} from "@image-updater/core/conformance";
import { optionalText, record, text, texts } from "../fields.js";
import type { RunCase } from "./area.js";
import { policyOf, referenceOf } from "./policy-of.js";

/** Image references, platforms, and what counts as a difference. */
export const imageAreas: Readonly<Record<string, RunCase>> = {
  "image-parse": (input) => {
    const tracked = parseTrackedImage(text(input)).value;
    if (tracked === undefined) return { error: true };
    const { image, constraint, alias = "" } = tracked;
    const whole = createImageReference({
      registry: image.registry,
      repository: image.repository,
      tag: constraint,
      digest: image.digest,
    });
    const untagged = constraint === undefined && image.digest === undefined;
    return {
      alias,
      fullName: whole.toString(),
      name: image.repository,
      registry: image.registry ?? "",
      tag: untagged ? null : { digest: image.digest ?? "", name: constraint ?? "" },
      tagWithDigest: tagWithDigest(whole),
    };
  },
  "has-registry-prefix": (input) => hasRegistryPrefix(text(input)),
  "short-form": (input) => shortForm(text(input)),
  platform: (input) => {
    const { have, wanted } = record(input);
    return platformMatches(text(wanted), text(have));
  },
  "needs-update": (input) => {
    const { configured, kustomizeName, latest, live, strategy } = record(input);
    const { name, digest } = record(latest);
    const policy = policyOf({
      image: text(configured),
      strategy: text(strategy),
      kustomizeName: optionalText(kustomizeName),
    });
    const tag = { name: text(name), digest: text(digest) === "" ? undefined : text(digest) };
    return needsUpdate(policy, referenceOf(text(live)), tag).update;
  },
  "digest-live-match": (input) => {
    const { configured, live, latestDigest } = record(input);
    const policy = policyOf({ image: text(configured), strategy: "digest" });
    const running = texts(live).map(referenceOf);
    const found = matchForDigest(
      findRunningImages(policy, running),
      policy.constraint ?? "",
      text(latestDigest),
    );
    return found?.toString() ?? null;
  },
};
