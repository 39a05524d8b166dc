import { z } from "zod";

const metadata = z.object({ metadata: z.object({ resourceVersion: z.string().min(1) }) });
const namedItem = z.object({ name: z.string(), value: z.string() });

/** `namespace/name`, as messages name an Application. */
export function nameOf(application: { readonly namespace: string; readonly name: string }): string {
  return `${application.namespace}/${application.name}`;
}

/** The resource version of a manifest; empty for what has none. */
export function resourceVersionOf(manifest: unknown): string {
  return metadata.safeParse(manifest).data?.metadata.resourceVersion ?? "";
}

/** What a JSON pointer leads to in a decoded manifest; undefined when there is nothing. */
export function valueAt(manifest: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>(memberOf, manifest);
}

/** The list at the pointer; empty for anything else. */
export function listAt(manifest: unknown, pointer: string): readonly unknown[] {
  const value = valueAt(manifest, pointer);
  return Array.isArray(value) ? value : [];
}

/** The named values of a list of parameters or variables, without what has another shape. */
export function namedItemsAt(
  manifest: unknown,
  pointer: string,
): readonly { readonly name: string; readonly value: string }[] {
  return listAt(manifest, pointer).flatMap((item) => namedItem.safeParse(item).data ?? []);
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  const member: unknown = Reflect.get(value, key);
  return member;
}
