import { readFile } from "node:fs/promises";
import { env } from "node:process";
import { rootCertificates } from "node:tls";

/** The authorities that Node trusts by itself, as PEM: its own, and those of `NODE_EXTRA_CA_CERTS`. */
export async function readWellKnownAuthorities(): Promise<readonly string[]> {
  const path = env["NODE_EXTRA_CA_CERTS"] ?? "";
  if (path === "") return rootCertificates;
  try {
    return [...rootCertificates, await readFile(path, "utf8")];
  } catch {
    // Node has warned of it when it started, and goes on without.
    return rootCertificates;
  }
}
