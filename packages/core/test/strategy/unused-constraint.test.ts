import { expect, it } from "vitest";
import { alphabeticalStrategy } from "../../src/strategy/alphabetical-strategy.js";
import { newestBuildStrategy } from "../../src/strategy/newest-build-strategy.js";
import { diagnosticsOf, pointedAt } from "../annotations/annotate.js";

const STRATEGIES = [newestBuildStrategy, alphabeticalStrategy];

it.each([
  ["k8s-dev-*", "allow-tags: regexp:^k8s-dev-.*$"],
  ["v1.alpha", String.raw`allow-tags: regexp:^v1\.alpha$`],
  ["latest", "the strategy digest"],
  [">=1.0", "the strategy semver"],
  ["1.x", "the strategy semver"],
  ["(a|b)", "allow-tags instead"],
])(
  "says of the constraint %s, which these strategies do not read, to write %s",
  (constraint, advice) => {
    for (const strategy of STRATEGIES) {
      const found = strategy.inspect?.({ constraint }) ?? [];
      expect(found).toMatchObject([{ severity: "warning", code: "unused-constraint" }]);
      expect(found[0]?.message).toContain(strategy.name);
      expect(found[0]?.message).toContain(advice);
    }
  },
);

it.each([undefined, ""])("says nothing without a constraint, %j", (constraint) => {
  for (const strategy of STRATEGIES) expect(strategy.inspect?.({ constraint })).toEqual([]);
});

it("points to the constraint in the list", () => {
  const settings = {
    "image-list": "a=nginx, b=docker.io/org/image:k8s-dev-*",
    "update-strategy": "newest-build\n",
  };
  const [found, ...others] = diagnosticsOf(settings);
  expect(others).toEqual([]);
  expect(found && pointedAt(settings, found)).toBe("k8s-dev-*");
});
