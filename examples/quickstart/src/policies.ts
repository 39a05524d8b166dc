import assert from "node:assert/strict";
import { parseAnnotations, type UpdateStrategy } from "@image-updater/core";
import { candidates, tryPolicy } from "@image-updater/core/testing";

/** Annotations parsed without an Application. */
export function parseSomeAnnotations(): void {
  // #region parse
  const { value, diagnostics } = parseAnnotations({
    "argocd-image-updater.argoproj.io/image-list": "web=ghcr.io/acme/web:^2",
    "argocd-image-updater.argoproj.io/web.allow-tags": "regexp:^2[.]",
  });
  // value.images[0].constraint is "^2", value.writeBack.method is "argocd"
  // #endregion parse
  assert.equal(value?.images[0]?.constraint, "^2");
  assert.equal(value.writeBack?.method, "argocd");
  assert.deepEqual(diagnostics, []);
}

/** A policy tested on made-up tags. */
export function testPolicy(): void {
  // #region test
  const decision = tryPolicy({
    image: "nginx:1.x",
    ignoreTags: ["*-alpine"],
    tags: ["1.9", "1.10", "1.11-alpine", "2.0"],
    running: "nginx:1.9",
  });
  assert.equal(decision.outcome, "update");
  assert.equal(decision.tag, "1.10");
  // #endregion test
}

// #region strategy
/** Follows the longest name; name it in `update-strategy: longest-name`. */
const longestName: UpdateStrategy = {
  name: "longest-name",
  needs: "names",
  constraint: "optional",
  identity: "tag",
  choose(tags) {
    const [tag] = tags.toSorted((left, right) => right.name.length - left.name.length);
    return tag === undefined ? { kind: "none", reason: "no tags" } : { kind: "chosen", tag };
  },
};
// #endregion strategy

/** A strategy of one's own, alone and behind an annotation. */
export function testStrategy(): void {
  const verdict = longestName.choose(candidates("1.0", "1.0-alpine"), { constraint: undefined });
  assert.deepEqual(verdict, { kind: "chosen", tag: { name: "1.0-alpine" } });
  const { value } = parseAnnotations(
    {
      "argocd-image-updater.argoproj.io/image-list": "web=acme/web",
      "argocd-image-updater.argoproj.io/web.update-strategy": "longest-name",
    },
    { strategies: [longestName] },
  );
  assert.equal(value?.images[0]?.strategy, longestName);
}
