import { load } from "js-yaml";
import type { GitTestServer } from "@image-updater/writeback-git/testing";

/**
 * What Argo CD would run: the chart's values with the parameters of the override file laid over them.
 *
 * Only the two values that the chart's template uses are looked at.
 */
export async function syncedImage(
  git: GitTestServer,
  chartPath: string,
  overrideFile: string,
): Promise<string> {
  const values = await readYaml(git, `${chartPath}/values.yaml`);
  const override = await readYaml(git, overrideFile);
  const parameters = listAt(override, "helm", "parameters");
  const valueOf = (name: string): string => {
    const parameter = parameters.find((entry) => textAt(entry, "name") === name);
    return parameter === undefined
      ? textAt(values, ...name.split("."))
      : textAt(parameter, "value");
  };
  return `${valueOf("image.repository")}:${valueOf("image.tag")}`;
}

async function readYaml(git: GitTestServer, path: string): Promise<unknown> {
  const content = await git.readFile("gitops", "main", path);
  return content === undefined ? {} : load(content);
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (current, key) =>
      typeof current === "object" && current !== null
        ? Object.entries(current).find(([name]) => name === key)?.[1]
        : undefined,
    value,
  );
}

function textAt(value: unknown, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  return typeof found === "string" ? found : "";
}

function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}
