import { requireProgram } from "../../real-servers.js";

/** Whether Debian's `docker-registry` and `skopeo` are there; says which is missing where not. */
export const hasRealRegistry: boolean = [
  requireProgram("docker-registry"),
  requireProgram("skopeo"),
].every((program) => program !== undefined);
