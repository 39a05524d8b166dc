import { KubernetesError } from "../api/kubernetes-error.js";

const KEY = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/;
const VALUE = /^(?:[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)?$/;

/**
 * A selector of objects that carry all of the labels; `undefined` for no labels.
 *
 * @throws KubernetesError `bad-request` for what can be no label, and might select something else.
 */
export function formatLabelSelector(labels: Readonly<Record<string, string>>): string | undefined {
  const terms = Object.entries(labels).map(([key, value]) => {
    if (KEY.test(key) && VALUE.test(value)) return `${key}=${value}`;
    const label = JSON.stringify(`${key}=${value}`);
    throw new KubernetesError("bad-request", `${label} is not a label and its value`);
  });
  return terms.length === 0 ? undefined : terms.join(",");
}
