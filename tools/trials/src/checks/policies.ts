import { formatDecisionReason } from "@image-updater/core";
import type { ImageFixture } from "@image-updater/core/testing";
import { describe, playApplication, type Played, type Scene } from "../play-application.js";
import { fieldsOf, textOf, textsOf, type Checks, type Finding } from "../trial.js";
import { all } from "./lists.js";

/** Trials about what annotations mean: platforms, constraints, filters, strategies, image lists. */
export const policyChecks: Checks = {
  async "platform-variant"({ input }): Promise<Finding> {
    const { platforms, index } = fieldsOf(input);
    const played = await withPlatforms(textOf(platforms), textsOf(index));
    const right = tagOf(played) === "2" || says(played, /linux\/arm64/u);
    return { right, now: describe(played) };
  },
  async "platform-words"({ input }): Promise<Finding> {
    const wanted = textsOf(fieldsOf(input)["platforms"]);
    const found = await Promise.all(
      wanted.map(async (platforms) => {
        const played = await withPlatforms(platforms, ["linux/amd64", "linux/arm64"]);
        const right = tagOf(played) === "2" || says(played, /platform/iu);
        return { right, now: `${platforms}: ${describe(played)}` };
      }),
    );
    return all(found);
  },
  async "platform-all"({ input }): Promise<Finding> {
    const { platforms, tags } = fieldsOf(input);
    const images: ImageFixture[] = (Array.isArray(tags) ? tags : []).map(
      (entry: unknown, index): ImageFixture => ({
        tag: textOf(fieldsOf(entry)["tag"]),
        platforms: textsOf(fieldsOf(entry)["platforms"]),
        content: String(index),
      }),
    );
    const played = await playApplication({
      annotations: {
        "image-list": "x=r.example.com/o/x",
        "x.platforms": textOf(platforms),
        "image-updater.dev/x.require-platforms": textOf(platforms),
      },
      live: ["r.example.com/o/x:1"],
      images: { "o/x": images },
    });
    return { right: tagOf(played) !== "2", now: describe(played) };
  },
  async "digest-no-tag"({ input }): Promise<Finding> {
    const { imageList } = fieldsOf(input);
    const found = await Promise.all(
      textsOf(imageList).map(async (list) => {
        const played = await playApplication({
          annotations: { "image-list": list, "a.update-strategy": "digest" },
          live: ["ex.io/o/a:1"],
          images: { "o/a": ["1"] },
        });
        return { right: says(played, /tag/iu), now: describe(played) };
      }),
    );
    return all(found);
  },
  async "tag-and-digest"({ input }): Promise<Finding> {
    const { imageList, strategy } = fieldsOf(input);
    const played = await playApplication({
      annotations: {
        "image-list": textOf(imageList),
        "a.update-strategy": textOf(strategy),
        "image-updater.dev/a.pin-digest": "true",
      },
      live: ["ex.io/o/a:1.0.0"],
      images: { "o/a": ["1.0.0", "1.1.0"] },
    });
    const { newImage = "" } = played.image ?? {};
    return { right: /:1\.1\.0@sha256:[0-9a-f]{64}$/u.test(newImage), now: newImage };
  },
  async "alias-of-latest"({ input }): Promise<Finding> {
    const { imageList, allowTags } = fieldsOf(input);
    const [old, current, newest] = ["a", "b", "c"].map((letter) => letter.repeat(40));
    const played = await playApplication({
      annotations: {
        "image-list": textOf(imageList),
        "a.update-strategy": "newest-build",
        "a.allow-tags": textOf(allowTags),
        "image-updater.dev/a.follow": "latest",
      },
      live: [`ghcr.io/o/a:${old}`],
      images: {
        "o/a": [
          { tag: String(old), content: "1", created: "2024-01-01T00:00:00Z" },
          { tag: String(current), content: "2", created: "2024-01-02T00:00:00Z" },
          { tag: "latest", content: "2", created: "2024-01-02T00:00:00Z" },
          { tag: String(newest), content: "3", created: "2024-01-03T00:00:00Z" },
        ],
      },
    });
    return { right: tagOf(played) === current, now: describe(played) };
  },
  async "constraint-ignored"({ input }): Promise<Finding> {
    return diagnosed(input, "b", /constraint/iu);
  },
  async "ignore-regexp"({ input }): Promise<Finding> {
    const { tags, strategy, ignoreTags } = fieldsOf(input);
    const played = await playApplication({
      annotations: {
        "image-list": "a=ex.io/o/a",
        "a.update-strategy": textOf(strategy),
        "a.ignore-tags": textOf(ignoreTags),
      },
      live: ["ex.io/o/a:1.0.0"],
      images: { "o/a": textsOf(tags) },
    });
    return { right: says(played, /ignore-tags|glob|regexp/iu), now: describe(played) };
  },
  async "comma-range"({ input }): Promise<Finding> {
    const { imageList, tags } = fieldsOf(input);
    const played = await playApplication({
      annotations: { "image-list": textOf(imageList) },
      live: ["ex.io/o/a:1.0.0"],
      images: { "o/a": textsOf(tags) },
    });
    // Upstream's meaning stays; what was meant cannot be said with a comma, and no advice may say so.
    const right = played.diagnostics.length > 0 && !says(played, />=\d[\d.]*, ?</u);
    return { right, now: describe(played) };
  },
  async "numeric-sha"({ input }): Promise<Finding> {
    const { tags } = fieldsOf(input);
    const played = await playApplication({
      annotations: { "image-list": "a=ex.io/o/a" },
      live: ["ex.io/o/a:1.0.0"],
      images: { "o/a": textsOf(tags) },
    });
    return { right: says(played, /4815162342/u), now: describe(played) };
  },
  async calver({ input }): Promise<Finding> {
    const { tags } = fieldsOf(input);
    const played = await playApplication({
      annotations: { "image-list": "a=ex.io/o/a", "image-updater.dev/a.order-by": "calver" },
      live: ["ex.io/o/a:v2026-01-30-2"],
      images: { "o/a": textsOf(tags) },
    });
    return { right: tagOf(played) === "v2026-01-30-10", now: describe(played) };
  },
  async revert({ input }): Promise<Finding> {
    const { chosen } = fieldsOf(input);
    const older = textOf(chosen);
    const played = await playApplication({
      annotations: {
        "image-list": "a=ex.io/o/a",
        "a.update-strategy": "alphabetical",
        "a.allow-tags": "regexp:_RC$",
        "image-updater.dev/a.downgrade": "block",
      },
      live: ["ex.io/o/a:222406-163830"],
      images: { "o/a": ["222406-163830", older] },
    });
    const { outcome } = played.image?.decision ?? {};
    return { right: outcome !== undefined && outcome !== "update", now: describe(played) };
  },
  async "helm-same-parameter"({ input }): Promise<Finding> {
    const { imageList } = fieldsOf(input);
    const played = await playApplication({
      annotations: { "image-list": textOf(imageList) },
      type: "Helm",
      live: ["git.example.com:4567/g/psa:1.0.0", "git.example.com:4567/g/sms:1.0.0"],
      images: { "g/psa": ["1.0.0", "1.0.1"], "g/sms": ["1.0.0", "1.0.2"] },
    });
    return { right: played.written.length === 0 && played.errors > 0, now: describe(played) };
  },
  async wildcard({ input }): Promise<Finding> {
    const played = await playApplication({
      annotations: { "image-list": textOf(fieldsOf(input)["imageList"]) },
      live: ["ghcr.io/o/one:1"],
      images: { "o/one": ["1", "2"] },
    });
    const isSaid = says(played, /\*/u);
    return { right: isSaid && played.written.length === 0, now: describe(played) };
  },
  async "not-live-hint"({ input }): Promise<Finding> {
    const { imageList, live } = fieldsOf(input);
    const found = await Promise.all(
      textsOf(imageList).map(async (list, index) => {
        const running = textsOf(live)[index] ?? "";
        const played = await playApplication({
          annotations: { "image-list": list },
          live: [running],
          images: {},
          lists: { repository: "o/a", tags: ["1"] },
        });
        const name = running.slice(0, running.lastIndexOf(":"));
        const { decision } = played.image ?? {};
        const said = decision === undefined ? "" : formatDecisionReason(decision.reason);
        const right = decision?.outcome !== "not-live" || said.includes(name);
        return { right, now: `${list}: ${said}` };
      }),
    );
    return all(found);
  },
};

async function diagnosed(input: unknown, alias: string, message: RegExp): Promise<Finding> {
  const { imageList, strategy, tags } = fieldsOf(input);
  const image = (textOf(imageList).split("=")[1] ?? "").split(":")[0] ?? "";
  const scene: Scene = {
    annotations: {
      "image-list": textOf(imageList),
      [`${alias}.update-strategy`]: textOf(strategy),
    },
    live: [`${image}:${textsOf(tags)[0] ?? ""}`],
    images: { "org/image": textsOf(tags) },
  };
  const played = await playApplication(scene);
  return { right: says(played, message), now: describe(played) };
}

function withPlatforms(platforms: string, built: readonly string[]): Promise<Played> {
  const image = (tag: string, day: number): ImageFixture => ({
    tag,
    platforms: built,
    layout: "index",
    created: `2024-01-0${day}T00:00:00Z`,
    content: tag,
  });
  return playApplication({
    annotations: {
      "image-list": "x=r.example.com/o/x",
      "x.update-strategy": "newest-build",
      "x.platforms": platforms,
    },
    live: ["r.example.com/o/x:1"],
    images: { "o/x": [image("1", 1), image("2", 2)] },
  });
}

function tagOf({ image }: Played): string | undefined {
  return image?.decision.tag;
}

function says({ diagnostics }: Played, pattern: RegExp): boolean {
  return diagnostics.some(({ message }) => pattern.test(message));
}
