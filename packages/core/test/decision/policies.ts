import { createImageReference } from "../../src/image/create-image-reference.js";
import type { ImageReference } from "../../src/image/image-reference.js";
import { parseImageReference } from "../../src/image/parse-image-reference.js";
import type { ImagePolicy } from "../../src/policy/image-policy.js";
import type { ImageSettings } from "../../src/policy/image-settings.js";
import { parseImagePolicy } from "../../src/policy/parse-image-policy.js";
import type { Facts, TagFact } from "../../src/ports/facts.js";
import type { DescribedImage } from "../../src/ports/registry-client.js";
import type { UpdateStrategy } from "../../src/strategy/update-strategy.js";

export const NOW = new Date("2024-06-01T00:00:00Z");

/** A policy out of an image as in `image-list`, and the settings it has besides. */
export function policyOf(
  imageName: string,
  settings: Partial<ImageSettings> & {
    readonly strategy?: string;
    readonly custom?: UpdateStrategy;
  } = {},
): ImagePolicy {
  const { strategy, custom, ...rest } = settings;
  const { value, diagnostics } = parseImagePolicy({
    alias: "",
    imageName,
    ...rest,
    commonUpdateSettings: { updateStrategy: strategy, ...rest.commonUpdateSettings },
  });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return custom === undefined ? value : { ...value, strategy: custom };
}

/** A strategy of a consumer; it picks the first candidate of all, described or not. */
export function customStrategy(overrides: Partial<UpdateStrategy> = {}): UpdateStrategy {
  return {
    name: "custom",
    needs: "names",
    constraint: "optional",
    identity: "tag",
    choose([first]) {
      return first === undefined
        ? { kind: "none", reason: "nothing there" }
        : { kind: "chosen", tag: first };
    },
    ...overrides,
  };
}

export function reference(text: string): ImageReference {
  return parseImageReference(text).value ?? createImageReference({ repository: text });
}

export function described(fields: Partial<DescribedImage> = {}): DescribedImage {
  return {
    kind: "image",
    digest: "sha256:aa",
    created: { at: "2024-01-01T00:00:00Z", source: "image-config" },
    labels: {},
    platforms: ["linux/amd64"],
    ...fields,
  };
}

/** Facts out of tag names, or of tags with what was read about them. */
export function factsOf(...tags: readonly (string | TagFact)[]): Facts {
  return {
    kind: "tags",
    tags: tags.map((tag) => (typeof tag === "string" ? { name: tag } : tag)),
  };
}

export const FORBIDDEN = {
  name: "RegistryError",
  code: "forbidden",
  message: "ghcr.io answered 403",
};
