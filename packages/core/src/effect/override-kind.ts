import type { Application } from "../application/application.js";

/** The three ways Argo CD takes image overrides. */
export type OverrideKind = "helm" | "kustomize" | "plugin";

/** Which of the three an application's images are written as. */
export function overrideKindOf({ type, policies, writeBack }: Application): OverrideKind {
  if (type === "kustomize") return "kustomize";
  if (type !== "plugin") return "helm";
  // A plugin that is written to Git counts as Helm unless its images name variables, as upstream.
  const named = policies.some(({ targets }) => targets.plugin !== undefined);
  return named || writeBack?.method !== "git" ? "plugin" : "helm";
}
