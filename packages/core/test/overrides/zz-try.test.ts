import { it } from "vitest";
import { setHelmValues } from "../../src/overrides/helm-values.js";
import { isSafePlainScalar } from "../../src/overrides/yaml-string.js";
it("perf", () => {
  let s = "";
  for (let i = 0; i < 20000; i++)
    s += `svc${i}:\n  image:\n    name: nginx # c\n    tag: "1.0.${i}"\n`;
  console.log(s.length);
  let t = Date.now();
  const r = setHelmValues(
    s,
    Array.from({ length: 10 }, (_, i) => ({ path: `svc${i * 100}.image.tag`, value: "2.0" })),
  );
  console.log(Date.now() - t, r.length);
  t = Date.now();
  const flow = "a: [\n" + '"x",\n'.repeat(50) + "]\n" + s;
  setHelmValues(flow, [{ path: "svc1.image.tag", value: "x" }]);
  console.log("pad", Date.now() - t);
  t = Date.now();
  let many = "";
  for (let i = 0; i < 60; i++) many += `k${i}: [\n"x"\n]\n`;
  try {
    setHelmValues(many, [{ path: "svc1.image.tag", value: "x" }]);
  } catch (e) {
    console.log((e as Error).message);
  }
  console.log("many", Date.now() - t);
  t = Date.now();
  const deep = "a: " + "[".repeat(5000);
  try {
    setHelmValues(deep, [{ path: "b", value: "x" }]);
  } catch (e) {
    console.log((e as Error).message);
  }
  console.log("deep", Date.now() - t);
  let anchors = "";
  for (let i = 0; i < 20000; i++) anchors += `k${i}: &a${i} {x: 1}\n`;
  t = Date.now();
  setHelmValues(anchors, [{ path: "b", value: "x" }]);
  console.log("anchors", Date.now() - t);
  t = Date.now();
  const spaces = "a: b\n" + " ".repeat(2e6) + "\n" + "\n".repeat(1e6);
  setHelmValues(spaces, [{ path: "b", value: "x" }]);
  console.log("spaces", Date.now() - t);
  t = Date.now();
  setHelmValues("a: b\n" + "# c\n".repeat(5e5), [{ path: "b", value: "x" }]);
  console.log("comments", Date.now() - t);
});
