import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { annotated, diagnosticsOf, onlyPolicy, pointedAt, prefixed } from "./annotate.js";
import { parseAnnotations } from "../../src/annotations/parse-annotations.js";
import { runsOf } from "../../../../test/setup/whole.js";

const blank = fc
  .array(fc.constantFrom(" ", "\n", "\t", "\r\n"), { maxLength: 3 })
  .map((parts) => parts.join(""));

const WORDS = {
  "image-list": ["web=nginx:1.x, api = ghcr.io/o/api:~1", "web=nginx:latest"],
  "update-strategy": ["digest", "newest-build", "latest", "bogus"],
  "force-update": ["true", "0", "maybe"],
  "allow-tags": ["regexp:^v[0-9]+$", "any", "regexp:(", "^v"],
  "ignore-tags": ["*-rc", "a,,b", "[", "regexp:^v", ""],
  "pull-secret": ["pullsecret:argocd/hub", "secret:x", "env:HUB"],
  "web.update-strategy": ["digest", "alphabetical"],
  "web.force-update": ["True", "x"],
  "web.allow-tags": ["regexp:^1", "regexp:["],
  "web.ignore-tags": ["latest", ""],
  "web.pull-secret": ["secret:argocd/a#b"],
  "web.platforms": ["linux/amd64", "linux/amd64,", "nonsense"],
  "web.tag-match": ["regexp:^1"],
  "web.helm.image-name": ["image.name"],
  "web.helm.image-tag": ["image.tag"],
  "web.helm.image-spec": ["image"],
  "api.kustomize.image-name": ["org/api"],
  "write-back-method": ["git", "git:secret:argocd/creds", "svn"],
  "write-back-target": ["kustomization", "helmvalues:values.yaml", "kustomization.yaml"],
  "git-branch": ["main", "main:images-{{.SHA256}}", "a:b:c"],
  "git-repository": ["https://git.example.com/apps.git"],
} as const;

const settings = fc
  .record(
    Object.fromEntries(
      Object.entries(WORDS).map(([word, values]) => [
        word,
        fc.record({ value: fc.constantFrom<string>(...values), before: blank, after: blank }),
      ]),
    ),
    { requiredKeys: ["image-list"] },
  )
  .filter((all) => all["image-list"] !== undefined);

type Meant = ReturnType<typeof parseAnnotations>;

/** What was understood and said, filters by what they let through, places aside. */
function meaning({ value, diagnostics }: Meant): unknown {
  const tags = ["v1", "1.0", "latest", "a", "b", "x-rc", "1.0\n", ""];
  return JSON.stringify({
    value: value && {
      ...value,
      images: value.images.map((image) => ({
        ...image,
        strategy: image.strategy.name,
        tags: tags.filter((tag) => image.tags.test(tag)),
      })),
      invalidImages: value.invalidImages.map(({ problem, ...image }) => ({
        ...image,
        problem: problem.message,
      })),
    },
    said: diagnostics.map(({ severity, code, message, where }) => [
      severity,
      code,
      message,
      where.annotation,
      where.image,
      where.length,
    ]),
  });
}

describe("blanks and line breaks around a value", () => {
  it("change nothing", () => {
    fc.assert(
      fc.property(settings, (all) => {
        const plain: Record<string, string> = {};
        const spaced: Record<string, string> = {};
        for (const [word, written] of Object.entries(all)) {
          if (written === undefined) continue;
          plain[word] = written.value;
          spaced[word] = written.before + written.value + written.after;
        }
        expect(meaning(parseAnnotations(prefixed(spaced)))).toBe(
          meaning(parseAnnotations(prefixed(plain))),
        );
      }),
      { numRuns: runsOf(400) },
    );
  });

  it.each([
    ["update-strategy", "\n bogus \n", "bogus"],
    ["allow-tags", "  regexp:( \n", "("],
    ["ignore-tags", "\n ok ,\n [a \n", "[a"],
    ["web.force-update", " perhaps\n", "perhaps"],
    ["web.platforms", "\n, ,linux/amd64,\n nonsense \n", "nonsense"],
    ["pull-secret", "\n secret:x\n", "secret:x"],
  ])("leave the diagnostic of %s at its place", (word, value, wrong) => {
    const all = { "image-list": "web=nginx", [word]: value };
    const found = diagnosticsOf(all).find(({ where }) => where.annotation?.endsWith(word));
    expect(found && pointedAt(all, found)).toBe(wrong);
  });
});

describe("a blank ignore-tags", () => {
  const broad = { "image-list": "web=nginx, api=redis", "ignore-tags": "*-rc" };

  it.each(["", "  ", "\n"])("of an image, %j, switches that of the application off", (own) => {
    const { images } = annotated({ ...broad, "web.ignore-tags": own });
    expect(images.map(({ tags }) => tags.test("1.0-rc"))).toEqual([true, false]);
    expect(diagnosticsOf({ ...broad, "web.ignore-tags": own })).toEqual([]);
  });

  it("is looked for under the old spelling of an alias, too", () => {
    const all = { "image-list": "o/web=nginx", "ignore-tags": "*-rc", "o_web.ignore-tags": " " };
    expect(onlyPolicy(all).tags.test("1.0-rc")).toBe(true);
    expect(onlyPolicy({ ...all, "o/web.ignore-tags": "1.*" }).tags.test("1.0-rc")).toBe(false);
  });

  it("is the only blank setting that counts", () => {
    const all = {
      "image-list": "web=nginx",
      "update-strategy": "newest-build",
      "allow-tags": "regexp:^v$",
      "web.update-strategy": " ",
      "web.allow-tags": "\n",
      "web.platforms": " , ",
    };
    expect(onlyPolicy(all)).toMatchObject({ strategy: { name: "newest-build" }, platforms: [] });
    expect(onlyPolicy(all).tags.test("1")).toBe(false);
  });
});
