import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseImageReference } from "../../src/image/parse-image-reference.js";
import { resolveRegistry } from "../../src/config/resolve-registry.js";
import { affectedBy, matchesEvent } from "../../src/webhooks/matches-event.js";

const VPC = "acme-registry-vpc.cn-hangzhou.cr.aliyuncs.com";
const PUBLIC = "acme-registry.cn-hangzhou.cr.aliyuncs.com";

const cases: readonly {
  readonly image: string;
  readonly event: readonly [registry: string, repository: string];
  readonly matches: boolean;
}[] = [
  { image: "myuser/app", event: ["docker.io", "myuser/app"], matches: true },
  { image: "myuser/app:1.2", event: ["docker.io", "myuser/app"], matches: true },
  { image: "docker.io/myuser/app", event: ["docker.io", "myuser/app"], matches: true },
  { image: "myuser/app", event: ["ghcr.io", "myuser/app"], matches: false },
  { image: "myuser/app", event: ["docker.io", "myuser/apps"], matches: false },
  { image: "nginx", event: ["docker.io", "library/nginx"], matches: true },
  { image: "nginx", event: ["docker.io", "nginx"], matches: true },
  { image: "library/nginx", event: ["docker.io", "nginx"], matches: true },
  { image: "docker.io/library/nginx", event: ["index.docker.io", "library/nginx"], matches: true },
  { image: "nginx", event: ["registry-1.docker.io", "library/nginx"], matches: true },
  { image: "nginx", event: ["docker.io", "other/nginx"], matches: false },
  { image: "ghcr.io/nginx", event: ["ghcr.io", "library/nginx"], matches: false },
  { image: "ghcr.io/o/app", event: ["ghcr.io", "o/app"], matches: true },
  { image: "ghcr.io/o/app", event: ["GHCR.io", "O/App"], matches: true },
  { image: "ghcr.io/o/app", event: ["docker.io", "o/app"], matches: false },
  { image: "localhost:5000/app", event: ["localhost:5000", "app"], matches: true },
  { image: "localhost:5000/app", event: ["localhost:5001", "app"], matches: false },
  { image: "a.example.com/app", event: ["b.example.com", "app"], matches: false },
  { image: "docker.pkg.github.com/o/r/app", event: ["ghcr.io", "o/r/app"], matches: false },
  { image: `${VPC}/ns/app`, event: [PUBLIC, "ns/app"], matches: true },
  { image: `${PUBLIC}/ns/repotest`, event: [VPC, "ns/repoTest"], matches: true },
  { image: `${PUBLIC}/ns/app`, event: [VPC, "ns/other"], matches: false },
  { image: `${PUBLIC}/ns/app`, event: [`other-${PUBLIC}`, "ns/app"], matches: false },
  {
    image: "registry-vpc.cn-hangzhou.aliyuncs.com/ns/app",
    event: ["registry.cn-hangzhou.aliyuncs.com", "ns/app"],
    matches: true,
  },
  {
    image: "registry.cn-beijing.aliyuncs.com/ns/app",
    event: ["registry.cn-hangzhou.aliyuncs.com", "ns/app"],
    matches: false,
  },
  { image: "app", event: ["harbor", "app"], matches: false },
];

describe("a push and an image", () => {
  it.each(cases)(
    "$event and $image: $matches",
    ({ image, event: [registry, repository], matches }) => {
      const reference = parseImageReference(image).value ?? { repository: "" };
      expect(matchesEvent({ registry, repository }, reference)).toBe(matches);
    },
  );

  it.each(cases)("$event affects $image as resolved: $matches", ({ image, event, matches }) => {
    const reference = parseImageReference(image).value ?? { repository: "" };
    const [registry, repository] = event;
    const isAffected = affectedBy({ registry, repository });
    expect(isAffected(resolveRegistry(reference).repository)).toBe(matches);
  });

  it("of a configured default registry is decided by what the image resolves to", () => {
    const reference = { repository: "team/app" };
    const mirror = {
      name: "mirror",
      apiUrl: "https://mirror.example.com",
      prefix: "mirror.example.com",
      tagSortMode: "unsorted",
      insecure: false,
      isDefault: true,
    } as const;
    const image = resolveRegistry(reference, [mirror]).repository;
    expect(affectedBy({ registry: "mirror.example.com", ...reference })(image)).toBe(true);
    expect(affectedBy({ registry: "docker.io", ...reference })(image)).toBe(false);
  });

  it("never fails, and always match themselves", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (registry, repository) => {
        expect(matchesEvent({ registry, repository }, { registry, repository })).toBe(true);
      }),
    );
  });
});
