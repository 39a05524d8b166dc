import { describe, expect, it } from "vitest";
import { candidates, tryPolicy } from "../../src/testing/index.js";

describe("a policy tried in a test", () => {
  it.each([
    ["semver", "nginx:1.x", "1.10"],
    ["alphabetical", "nginx", "2.0"],
    ["newest-build", "nginx", "1.9"],
  ])("of %s chooses %s", (updateStrategy, image, tag) => {
    const decision = tryPolicy({
      image,
      updateStrategy,
      tags: ["1.10", "2.0", { tag: "1.9", created: "2024-02-01T00:00:00Z" }],
      running: "nginx:1.0",
    });
    expect(decision).toMatchObject({ outcome: "update", tag });
  });

  it("follows a digest", () => {
    const decision = tryPolicy({
      image: "nginx:latest",
      updateStrategy: "digest",
      tags: [{ tag: "latest", content: "new" }],
      running: "nginx:latest@sha256:0000",
    });
    expect(decision.outcome).toBe("update");
  });

  it("looks at the filters", () => {
    const common = { image: "nginx", tags: ["1.0", "1.1", "1.2"], running: "nginx:1.0" };
    expect(tryPolicy({ ...common, allowTags: "regexp:^1\\.[01]$" }).tag).toBe("1.1");
    expect(tryPolicy({ ...common, ignoreTags: ["1.[12]"] }).outcome).toBe("up-to-date");
  });

  it("is not live unless something runs or it is forced", () => {
    const common = { image: "nginx", tags: ["1.0"] };
    expect(tryPolicy(common).outcome).toBe("not-live");
    expect(tryPolicy({ ...common, forceUpdate: true }).outcome).toBe("update");
  });

  it.each([[{ image: ":", tags: [] }], [{ image: "nginx", updateStrategy: "semvr", tags: [] }]])(
    "throws for what cannot be meant: %j",
    (trial) => {
      expect(() => tryPolicy(trial)).toThrow(/image|semvr/u);
    },
  );

  it("takes strategies of one's own", () => {
    const decision = tryPolicy({
      image: "nginx",
      updateStrategy: "first",
      tags: ["b", "a"],
      running: "nginx:x",
      strategies: [
        {
          name: "first",
          needs: "names",
          constraint: "optional",
          identity: "tag",
          choose([tag]) {
            return tag === undefined ? { kind: "none", reason: "none" } : { kind: "chosen", tag };
          },
        },
      ],
    });
    expect(["a", "b"]).toContain(decision.tag);
  });
});

it("makes candidates of names", () => {
  expect(candidates("a", "b")).toEqual([{ name: "a" }, { name: "b" }]);
});
