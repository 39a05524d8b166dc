import { formatFlowString } from "./yaml-content.js";
import { formatYamlString } from "./yaml-string.js";

/** An item of a list in an override file, ready to be written. */
export interface SourceRow {
  /** One field with an empty key is an item that is a string. */
  readonly fields: readonly SourceField[];
  readonly comments: SourceComments;
}

/** A field of an item. */
export interface SourceField {
  readonly key: string;
  readonly value: string | boolean;
}

/** The comments of an item, with their `#`. */
export interface SourceComments {
  /** Lines above the item. */
  readonly above: readonly string[];
  /** At the end of a field's line, by the field's key in lower case. */
  readonly beside: ReadonlyMap<string, string>;
}

/** For an item that nobody commented on. */
export const NO_COMMENTS: SourceComments = { above: [], beside: new Map() };

/** Writes items as the lines of a block list whose dashes stand at the column. */
export function formatSourceRows(rows: readonly SourceRow[], column: number): readonly string[] {
  const indent = " ".repeat(column);
  return rows.flatMap(({ fields, comments }) => [
    ...comments.above.map((comment) => indent + comment),
    ...fields.map(({ key, value }, index) => {
      const comment = comments.beside.get(key);
      const dash = index === 0 ? "- " : "  ";
      const scalar = typeof value === "string" ? formatYamlString(value) : String(value);
      return `${indent}${dash}${prefixed(key)}${scalar}${comment === undefined ? "" : ` ${comment}`}`;
    }),
  ]);
}

/** Writes items as a flow list; `json` quotes every key and string. */
export function formatFlowRows(rows: readonly SourceRow[], json: boolean): string {
  const items = rows.map(({ fields }) => {
    const parts = fields.map(({ key, value }) => {
      const scalar = typeof value === "string" ? formatFlowString(value, json) : String(value);
      return key === "" ? scalar : `${formatFlowString(key, json)}: ${scalar}`;
    });
    return fields[0]?.key === "" ? parts.join("") : `{${parts.join(", ")}}`;
  });
  return `[${items.join(", ")}]`;
}

function prefixed(key: string): string {
  return key === "" ? "" : `${key}: `;
}
