import { NO_COMMENTS, type SourceComments } from "./argocd-source-rows.js";
import { startOfLine } from "./yaml-edit.js";
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
  const owners = comments.map((comment) => ownerOf(text, items, comment));
  return items.map((item) => {
    const own = owners.filter((owner) => owner.item === item);
    if (own.length === 0) return NO_COMMENTS;
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
  const before = items.findLast(({ start }) => start <= comment.offset);
  const line = startOfLine(text, comment.offset);
  const field = comment.ownLine || before === undefined ? undefined : fieldAt(text, before, line);
  if (field !== undefined) return { comment, item: before, field };
  const item = items.find(({ end }) => end > comment.offset) ?? before;
  return { comment, item, field };
}

/** The last field that begins in the line; empty for an item that is a scalar. */
function fieldAt(text: string, item: YamlNode, line: number): string | undefined {
  if (item.kind !== "mapping") return startOfLine(text, item.start) === line ? "" : undefined;
  const key = item.entries.findLast((entry) => startOfLine(text, entry.key.start) === line)?.key;
  return key?.kind === "scalar" ? key.value.toLowerCase() : undefined;
}

function scalarsOf(node: YamlNode): readonly YamlNode[] {
  if (node.kind === "sequence") return node.items.flatMap(scalarsOf);
  if (node.kind !== "mapping") return [node];
  return node.entries.flatMap(({ key, value }) => [...scalarsOf(key), ...scalarsOf(value)]);
}
