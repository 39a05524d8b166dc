import { NO_COMMENTS, type SourceComments } from "./argocd-source-rows.js";
import { startOfLine } from "./yaml-edit.js";
import { countLeading } from "./sorted-search.js";
import type { YamlNode } from "./yaml-tree.js";

/** A comment of a YAML text, with its `#`. */
export interface YamlComment {
  readonly offset: number;
  readonly text: string;
  /** Whether nothing stands before it in its line. */
  readonly ownLine: boolean;
}

/** Finds all comments of a text with at most one document. */
export function findComments(text: string, root: YamlNode | undefined): readonly YamlComment[] {
  const scalars = root === undefined ? [] : scalarsOf(root);
  const gaps = [0, ...scalars.map(({ end }) => end)].map(
    (start, index) => [start, scalars[index]?.start ?? text.length] as const,
  );
  return gaps.flatMap(([start, end]) =>
    [...text.slice(start, end).matchAll(/(?<=^|\s)#[^\r\n]*/g)].map((match) => {
      const offset = start + match.index;
      const ownLine = text.slice(startOfLine(text, offset), offset).trim() === "";
      return { offset, text: match[0].trimEnd(), ownLine };
    }),
  );
}

/**
 * Gives comments to the items of a list: one beside a field stays beside it, any other goes above
 * the item it stands in or before.
 */
export function assignComments(
  text: string,
  items: readonly YamlNode[],
  comments: readonly YamlComment[],
): readonly SourceComments[] {
  const owners = new Map<YamlNode | undefined, CommentOwner[]>();
  for (const comment of comments) {
    const owner = ownerOf(text, items, comment);
    const same = owners.get(owner.item);
    if (same === undefined) owners.set(owner.item, [owner]);
    else same.push(owner);
  }
  return items.map((item) => {
    const own = owners.get(item);
    if (own === undefined) return NO_COMMENTS;
    return {
      above: own.filter(({ field }) => field === undefined).map(({ comment }) => comment.text),
      beside: new Map(
        own.flatMap(({ field, comment }) =>
          field === undefined ? [] : [[field, comment.text] as const],
        ),
      ),
    };
  });
}

interface CommentOwner {
  readonly comment: YamlComment;
  readonly item: YamlNode | undefined;
  readonly field: string | undefined;
}

function ownerOf(text: string, items: readonly YamlNode[], comment: YamlComment): CommentOwner {
  const before = items[countLeading(items, ({ start }) => start <= comment.offset) - 1];
  const line = startOfLine(text, comment.offset);
  const field =
    comment.ownLine || before === undefined ? undefined : fieldAt(before, line, comment.offset);
  if (field !== undefined) return { comment, item: before, field };
  const item = items[countLeading(items, ({ end }) => end <= comment.offset)] ?? before;
  return { comment, item, field };
}

/** The last field that begins in the line of a comment; empty for an item that is a scalar. */
function fieldAt(item: YamlNode, line: number, offset: number): string | undefined {
  if (item.kind !== "mapping") return item.start >= line ? "" : undefined;
  const count = countLeading(item.entries, (entry) => entry.key.start < offset);
  const key = item.entries[count - 1]?.key;
  return key?.kind === "scalar" && key.start >= line ? key.value.toLowerCase() : undefined;
}

function scalarsOf(node: YamlNode): readonly YamlNode[] {
  if (node.kind === "sequence") return node.items.flatMap(scalarsOf);
  if (node.kind !== "mapping") return [node];
  return node.entries.flatMap(({ key, value }) => [...scalarsOf(key), ...scalarsOf(value)]);
}
