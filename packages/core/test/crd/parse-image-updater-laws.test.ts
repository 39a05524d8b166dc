import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findApplicationRef, parseImageUpdater } from "../../src/crd/parse-image-updater.js";
import { calculateSpecificity } from "../../src/crd/specificity.js";
import { hasErrors } from "../../src/errors/diagnostic.js";
import { compileGlob } from "../../src/tags/glob.js";
import { resourceOf } from "./resources.js";
import { runsOf } from "../../../../test/setup/whole.js";

const settings = {
  updateStrategy: "digest",
  forceUpdate: true,
  allowTags: "regexp:^v",
  ignoreTags: ["a"],
  pullSecret: "pullsecret:argocd/a",
  platforms: ["linux/amd64"],
};
const key = { cosignKey: { secretName: "a", key: "b" } };
const right = resourceOf({
  commonUpdateSettings: settings,
  writeBackConfig: {
    method: "git",
    gitConfig: { branch: "main", pullRequest: { github: {}, labels: ["a"] } },
  },
  imagesVerification: key,
  applicationRefs: [
    {
      namePattern: "app-*",
      labelSelectors: {
        matchLabels: { a: "b" },
        matchExpressions: [{ key: "a", operator: "In", values: ["b"] }],
      },
      images: [
        {
          alias: "web",
          imageName: "nginx:1.x",
          commonUpdateSettings: settings,
          manifestTargets: { plugin: { name: "A", tag: "B" } },
          imagesVerification: { ...key, enabled: true },
        },
      ],
    },
    { namePattern: "*", useAnnotations: true },
  ],
});

/** Every place in a value, as the keys that lead to it. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, one]) => placesIn(one, [...path, name]))];
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((one, index) => (String(index) === name ? replaced(one, rest, by) : one));
  }
  const fields: Record<string, unknown> = { ...(value as object) };
  return { ...fields, [name]: replaced(fields[name], rest, by) };
}

const places = placesIn(right);
const damaged = fc
  .array(fc.tuple(fc.constantFrom(...places), fc.jsonValue()), { minLength: 1, maxLength: 3 })
  .map((changes) =>
    changes.reduce<unknown>((value, [path, by]) => {
      try {
        return replaced(value, path, by);
      } catch {
        return value;
      }
    }, right),
  );
const anything = fc.oneof(
  damaged,
  fc.jsonValue(),
  fc.jsonValue().map((spec) => resourceOf(spec)),
);

describe("parseImageUpdater, whatever the JSON", () => {
  it("never throws, and each reference matches or does not", () => {
    fc.assert(
      fc.property(anything, fc.boolean(), fc.string(), (resource, strict, name) => {
        const { value } = parseImageUpdater(resource, { strict });
        if (value !== undefined) findApplicationRef(value, { name, labels: { a: "b" } });
      }),
      { numRuns: runsOf(500) },
    );
  });

  it("says what is wrong wherever nothing usable came out", () => {
    fc.assert(
      fc.property(anything, (resource) => {
        const { value, diagnostics } = parseImageUpdater(resource);
        const refs = value?.refs ?? [];
        expect(refs.length > 0 || hasErrors(diagnostics)).toBe(true);
        for (const { settings: read, diagnostics: own } of refs) {
          expect(read.kind !== "broken" || hasErrors(own)).toBe(true);
          const invalid = read.kind === "policies" ? read.value.invalidImages : [];
          expect(own).toEqual(expect.arrayContaining(invalid.map(({ problem }) => problem)));
          expect(diagnostics).toEqual(expect.arrayContaining([...own]));
        }
      }),
      { numRuns: runsOf(500) },
    );
  });

  it("never makes a policy that verifies less out of a damaged verification", () => {
    const fields = placesIn(key).filter((path) => path.length > 0);
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.jsonValue(), (path, by) => {
        // Null counts as absent, and a key that is another text is another key.
        fc.pre(by !== null && !(typeof by === "string" && path.length === 2));
        const imagesVerification = replaced(key, path, by);
        const images = [{ alias: "web", imageName: "nginx" }];
        const { value } = parseImageUpdater(
          resourceOf({ imagesVerification, applicationRefs: [{ namePattern: "*", images }] }),
        );
        const [ref] = value?.refs ?? [];
        expect(ref?.settings).toMatchObject({ kind: "policies", value: { images: [] } });
      }),
    );
  });
});

describe("the order of references", () => {
  const pattern = fc.stringMatching(/^[a-c*?[\]-]{0,6}$/u);
  const ref = fc.record({
    namePattern: pattern,
    labelSelectors: fc.option(fc.record({ matchLabels: fc.constantFrom({}, { a: "b" }) }), {
      nil: undefined,
    }),
    images: fc.constant([{ alias: "web", imageName: "nginx" }]),
  });

  it("is total and stable, and keeps every reference", () => {
    fc.assert(
      fc.property(fc.array(ref, { minLength: 1, maxLength: 8 }), (applicationRefs) => {
        const { value } = parseImageUpdater(resourceOf({ applicationRefs }));
        const refs = value?.refs ?? [];
        expect(refs.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(
          applicationRefs.map((_, index) => index),
        );
        for (const [place, next] of refs.slice(1).entries()) {
          const before = refs[place];
          const isAhead =
            before !== undefined &&
            (before.specificity > next.specificity ||
              (before.specificity === next.specificity && before.index < next.index));
          expect(isAhead).toBe(true);
        }
      }),
    );
  });

  it("ranks a longer start of a name before a shorter one, and the name before both", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z-]{1,20}$/u), fc.nat(19), (name, cut) => {
        const shorter = calculateSpecificity(`${name.slice(0, cut)}*`);
        const longer = calculateSpecificity(`${name}*`);
        expect(longer).toBeGreaterThanOrEqual(shorter);
        expect(calculateSpecificity(name)).toBeGreaterThan(calculateSpecificity(`${name}*`, 50));
      }),
    );
  });

  it("finds the first reference whose glob takes the name", () => {
    const name = fc.stringMatching(/^[a-c-]{1,5}$/u);
    fc.assert(
      fc.property(
        fc.uniqueArray(pattern, { minLength: 1, maxLength: 6 }),
        name,
        (patterns, app) => {
          const valid = patterns.filter((one) => compileGlob(one) !== undefined);
          const applicationRefs = valid.map((namePattern) => ({
            namePattern,
            useAnnotations: true,
          }));
          const { value } = parseImageUpdater(resourceOf({ applicationRefs }));
          const expected = valid
            .filter((one) => compileGlob(one)?.matches(app))
            .toSorted((a, b) => calculateSpecificity(b) - calculateSpecificity(a))[0];
          const found = value && findApplicationRef(value, { name: app });
          expect(found?.namePattern).toBe(expected);
        },
      ),
    );
  });
});
