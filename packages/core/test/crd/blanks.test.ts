import fc from "fast-check";
import { expect, it } from "vitest";
import { parseImageUpdater } from "../../src/crd/parse-image-updater.js";
import { resourceOf } from "./resources.js";

const spec = {
  commonUpdateSettings: {
    updateStrategy: "digest",
    allowTags: "regexp:^v",
    ignoreTags: ["*-rc", "["],
    pullSecret: "pullsecret:argocd/hub",
    platforms: ["linux/amd64", "nonsense"],
  },
  writeBackConfig: {
    method: "git:secret:argocd/creds",
    gitConfig: {
      repository: "https://git.example.com/apps.git",
      branch: "main",
      writeBackTarget: "helmvalues:values.yaml",
      pullRequest: { github: {}, labels: ["a", "b"] },
    },
  },
  imagesVerification: { cosignKey: { secretName: "cosign", key: "cosign.pub" } },
  applicationRefs: [
    {
      namePattern: "app-*",
      labelSelectors: { matchLabels: { team: "a" } },
      images: [
        { alias: "web", imageName: "nginx:latest", manifestTargets: { helm: { name: "i.name" } } },
        { alias: "api", imageName: "redis:7", manifestTargets: { kustomize: { name: "redis" } } },
        {
          alias: "job",
          imageName: "ex.io/o/job:1.x",
          commonUpdateSettings: { updateStrategy: "bogus", ignoreTags: [""] },
          manifestTargets: { plugin: { spec: "IMAGE" } },
        },
      ],
    },
  ],
};

const blank = fc.constantFrom("", " ", "\n", "\t\n", "\r\n", "  \n");

/** The same resource with blanks around every text in it. */
function spaced(value: unknown, next: () => string): unknown {
  if (typeof value === "string") return next() + value + next();
  if (Array.isArray(value)) return value.map((item) => spaced(item, next));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, spaced(one, next)]));
}

function meaning(resource: unknown): string {
  const { value, diagnostics } = parseImageUpdater(resource);
  const names = ["app-1", "web"];
  const tags = ["v1", "v1-rc", "1"];
  const refs = value?.refs.map((ref) => ({
    ...ref,
    matches: names.map((name) => ref.matches({ name, labels: { team: "a" } })),
    settings: ref.settings,
  }));
  return JSON.stringify({ refs, diagnostics }, (key, field: unknown) => {
    if (key === "tags" && typeof field === "object" && field !== null && "test" in field) {
      const { test } = field as { test: (tag: string) => boolean };
      return tags.map((tag) => test(tag));
    }
    return field;
  });
}

it("reads a resource the same with blanks and line breaks around its texts", () => {
  fc.assert(
    fc.property(fc.array(blank, { minLength: 1, maxLength: 40 }), (blanks) => {
      let index = 0;
      const next = (): string => blanks[(index += 1) % blanks.length] ?? "";
      expect(meaning(resourceOf(spaced(spec, next)))).toBe(meaning(resourceOf(spec)));
    }),
  );
  expect(parseImageUpdater(resourceOf(spec)).value?.refs[0]?.settings.kind).toBe("policies");
});
