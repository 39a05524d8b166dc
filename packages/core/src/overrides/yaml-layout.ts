import type { BlockLayout } from "./yaml-content.js";
import { columnOf } from "./yaml-edit.js";
import type { YamlNode } from "./yaml-tree.js";

/**
 * How the collections in a block mapping are indented, taken from the first of each kind: two columns
 * for mappings and none for lists where there is nothing to go by.
 */
export function layoutOf(text: string, root: YamlNode): Omit<BlockLayout, "column"> {
  const entries = root.kind === "mapping" && !root.flow ? root.entries : [];
  const children = entries.map(({ value }) => value).filter((value) => isBlock(value));
  const mapping = children.find(({ kind }) => kind === "mapping");
  const list = children.find(({ kind }) => kind === "sequence");
  const column = columnOf(text, entries[0]?.key.outerStart ?? 0);
  return {
    step: mapping === undefined ? 2 : Math.max(1, columnOf(text, mapping.start) - column),
    listStep: list === undefined ? 0 : Math.max(0, columnOf(text, list.start) - column),
    dash: list === undefined ? 2 : dashOf(text, list),
  };
}

/** Columns from the dashes of a block list to what follows them. */
export function dashOf(text: string, list: YamlNode): number {
  const item = list.kind === "sequence" ? list.items.findLast(isBlock) : undefined;
  const dash =
    item === undefined ? 0 : columnOf(text, item.outerStart) - columnOf(text, list.start);
  return dash > 1 ? dash : 2;
}

function isBlock(node: YamlNode): boolean {
  return (node.kind === "mapping" || node.kind === "sequence") && !node.flow;
}
