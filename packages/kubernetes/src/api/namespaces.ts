import { KubernetesError } from "./kubernetes-error.js";
import { isNamespaceName } from "./resource.js";

/** Where to look: some namespaces, or all that there are. */
export type Namespaces = readonly string[] | "all";

/**
 * The namespaces, each once; `undefined` stands for all of them in one call.
 *
 * @throws KubernetesError `invalid-config` for none, and for what is not a namespace.
 */
export function parseNamespaces(
  setting: string,
  namespaces: Namespaces,
): readonly (string | undefined)[] {
  if (namespaces === "all") return [undefined];
  const wrong = namespaces.find((namespace) => !isNamespaceName(namespace));
  if (wrong !== undefined) {
    const message = `${setting}: ${JSON.stringify(wrong)} is not a namespace; write "all", not a list, for all of them`;
    throw new KubernetesError("invalid-config", message);
  }
  if (namespaces.length > 0) return [...new Set(namespaces)];
  throw new KubernetesError("invalid-config", `${setting}: name at least one namespace, or "all"`);
}
