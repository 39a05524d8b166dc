import type { ManifestSource } from "./application-manifest.js";
import { isMapping, join, mergePatch, yamlOf, type Mapping } from "./repository-tree.js";
import type { RepositoryTree } from "./repository-tree.js";

/** The files of a chart whose containers have these images, each a template of values. */
export function chartFiles(
  path: string,
  values: string,
  images: readonly string[],
): Readonly<Record<string, string>> {
  const containers = images.map(
    (image, index) => `      - name: c${index}\n        image: "${image}"\n`,
  );
  return {
    [join(path, "Chart.yaml")]: "apiVersion: v2\nname: app\nversion: 0.1.0\n",
    [join(path, "values.yaml")]: values,
    [join(path, "templates/deployment.yaml")]:
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: app }\nspec:\n  template:\n    spec:\n      containers:\n${containers.join("")}`,
  };
}

/** The images of a chart's containers, with the values that Helm would give the templates. */
export function renderHelmImages(tree: RepositoryTree, source: ManifestSource): readonly string[] {
  const values = valuesOf(tree, source);
  const folder = join(source.path, "templates/");
  return [...tree]
    .filter(([path]) => path.startsWith(folder))
    .flatMap(([, template]) => [...template.matchAll(/image: "(?<image>.*)"/gu)])
    .map(({ groups }) =>
      (groups?.["image"] ?? "").replaceAll(/\{\{ \.Values\.([\w.]+) \}\}/gu, (_, path: string) =>
        valueAt(values, path),
      ),
    );
}

function valuesOf(tree: RepositoryTree, { path, helm }: ManifestSource): Mapping {
  const files = ["values.yaml", ...(helm?.valueFiles ?? [])].map((file) =>
    file.startsWith("/") ? join(file) : join(path, file),
  );
  const values = files.map((file) => yamlOf(tree, file));
  const parameters = (helm?.parameters ?? []).map(({ name, value }) => nest(name, value));
  return [...values, ...parameters].reduce(mergePatch, {});
}

function nest(path: string, value: string): Mapping {
  const [key = "", ...rest] = path.split(".");
  return { [key]: rest.length === 0 ? value : nest(rest.join("."), value) };
}

function valueAt(values: Mapping, path: string): string {
  const value = path
    .split(".")
    .reduce<unknown>((current, key) => (isMapping(current) ? current[key] : undefined), values);
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new Error(`the chart has no value ${path}`);
}
