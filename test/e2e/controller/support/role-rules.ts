import { readFile } from "node:fs/promises";
import { load } from "js-yaml";
import { listAt } from "../../../../examples/controller/src/manifest-fields.js";

const ROLE = new URL("../../../../examples/controller/deploy/role.yaml", import.meta.url);

/** One right. */
export interface RoleRight {
  readonly group: string;
  /** With its sub-resource: `imageupdaters/status`. */
  readonly resource: string;
  readonly verb: string;
}

/** The rights of the controller's Role, one by one. */
export async function readRoleRights(): Promise<readonly RoleRight[]> {
  const role = load(await readFile(ROLE, "utf8"));
  return listAt(role, "rules").flatMap((rule) =>
    textsAt(rule, "apiGroups").flatMap((group) =>
      textsAt(rule, "resources").flatMap((resource) =>
        textsAt(rule, "verbs").map((verb) => ({ group, resource, verb })),
      ),
    ),
  );
}

function textsAt(rule: unknown, field: string): readonly string[] {
  return listAt(rule, field).map(String);
}
