import type { HelmTarget, ManifestTargets } from "../policy/image-settings.js";
import type { Findings } from "./findings.js";
import { describeValue, openField, type Field, type Mapping } from "./mapping.js";
import { readText } from "./read-values.js";

const KINDS = ["helm", "kustomize", "plugin"] as const;
const LONGEST_VARIABLE = 253;

/** Reads `manifestTargets` of an image: exactly one of helm, kustomize and plugin. */
export function readManifestTargets(
  findings: Findings,
  image: Mapping,
): Field<ManifestTargets> | undefined {
  const block = openField(findings, image, "manifestTargets", KINDS);
  if (block === undefined) return undefined;
  const { path, value: fields } = block;
  if (fields === undefined) return { path, problem: block.problem };
  const helm = openField(findings, fields, "helm", ["name", "tag", "spec"]);
  const kustomize = openField(findings, fields, "kustomize", ["name"]);
  const plugin = openField(findings, fields, "plugin", ["name", "tag", "spec"]);
  const set = [helm, kustomize, plugin].filter((kind) => kind !== undefined);
  if (set.length !== 1) {
    const found = set.length === 0 ? "no target is set" : `${set.length} targets are set`;
    const message = `${found}; set exactly one of ${KINDS.join(", ")}`;
    return { path, problem: findings.report(path, message, { code: "conflicting-targets" }) };
  }
  const helmTarget = helm && readNames(findings, helm);
  const imageName = kustomize && readKustomizeName(findings, kustomize);
  const pluginTarget = plugin && readVariables(findings, plugin);
  const problem = helmTarget?.problem ?? imageName?.problem ?? pluginTarget?.problem;
  if (problem !== undefined) return { path, problem };
  const value: ManifestTargets = {
    ...(helmTarget === undefined ? {} : { helm: helmTarget.value }),
    ...(imageName?.value === undefined ? {} : { kustomize: { name: imageName.value } }),
    ...(pluginTarget === undefined ? {} : { plugin: pluginTarget.value }),
  };
  return { path, value };
}

function readNames(findings: Findings, block: Field<Mapping>): Field<HelmTarget> {
  const { path, value: fields } = block;
  if (fields === undefined) return { path, problem: block.problem };
  const name = readText(findings, fields, "name");
  const tag = readText(findings, fields, "tag");
  const spec = readText(findings, fields, "spec");
  const problem = name?.problem ?? tag?.problem ?? spec?.problem;
  if (problem !== undefined) return { path, problem };
  const value: HelmTarget = {
    ...(name?.value === undefined ? {} : { name: name.value.trim() }),
    ...(tag?.value === undefined ? {} : { tag: tag.value.trim() }),
    ...(spec?.value === undefined ? {} : { spec: spec.value.trim() }),
  };
  return { path, value };
}

function readKustomizeName(findings: Findings, block: Field<Mapping>): Field<string> {
  const { path, value: fields } = block;
  if (fields === undefined) return { path, problem: block.problem };
  const name = readText(findings, fields, "name");
  if (name?.problem !== undefined) return name;
  const value = name?.value.trim() ?? "";
  if (value !== "") return { path, value };
  const message = "the name is missing; write the image's name as it stands in the manifests";
  return { path, problem: findings.report(`${path}.name`, message) };
}

/** Names of environment variables: of a plugin there are no default ones. */
function readVariables(findings: Findings, block: Field<Mapping>): Field<HelmTarget> {
  const names = readNames(findings, block);
  if (names.problem !== undefined) return names;
  const { path, value } = names;
  for (const [field, name] of Object.entries(value)) {
    if (name !== "" && Array.from(name).length <= LONGEST_VARIABLE) continue;
    const message = `${describeValue(name)} is not a name of a variable; write 1 to ${LONGEST_VARIABLE} characters`;
    return { path, problem: findings.report(`${path}.${field}`, message) };
  }
  if (value.spec !== undefined || value.name !== undefined) return names;
  const message = "neither spec nor name is set; name the variable that holds the image";
  return { path, problem: findings.report(path, message) };
}
