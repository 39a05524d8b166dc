import { openApplicationsFolder } from "./applications-folder.js";
import type { ClusterParts } from "./cluster.js";
import type { Inventory } from "./inventory.js";
import { aloneInTheLead, type Leadership } from "./leadership.js";

/** Opens the folder or the cluster that the configuration names. */
export async function openInventory(
  parts: ClusterParts,
): Promise<{ readonly inventory: Inventory; readonly leadership: Leadership }> {
  const { configuration, logger } = parts;
  const { source, argoCdNamespace: namespace = "argocd" } = configuration;
  if (source.kind === "cluster") {
    // Its client is large, and a folder can do without.
    const { openCluster } = await import("./cluster.js");
    return openCluster(parts, source.kubeconfig);
  }
  const inventory = await openApplicationsFolder({ path: source.path, namespace, logger });
  return { inventory, leadership: aloneInTheLead() };
}
