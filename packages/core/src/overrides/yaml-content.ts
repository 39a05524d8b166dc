import { formatDoubleQuoted, formatYamlString } from "./yaml-string.js";

/** What is to be written into a YAML text. */
export type YamlContent = string | YamlContentMapping | YamlContentList;

/** A mapping to be written, its entries in this order. */
export interface YamlContentMapping {
  readonly entries: readonly (readonly [key: string, value: YamlContent])[];
}

/** A list to be written. */
export interface YamlContentList {
  readonly items: readonly YamlContent[];
}

/** How far a block collection and what is in it are indented. */
export interface BlockLayout {
  /** Columns before the collection. */
  readonly column: number;
  /** Columns by which a mapping in a mapping is indented. */
  readonly step: number;
  /** Columns by which a list in a mapping is indented. */
  readonly listStep: number;
  /** Columns from a dash to what follows it. */
  readonly dash: number;
}

/** Writes content as the lines of a block collection. */
export function formatBlock(
  content: YamlContentMapping | YamlContentList,
  layout: BlockLayout,
): readonly string[] {
  return "entries" in content
    ? content.entries.flatMap(([key, value]) => formatBlockEntry(key, value, layout))
    : content.items.flatMap((item) => formatBlockItem(item, layout));
}

/** Writes content in flow style; `json` quotes every key and string. */
export function formatFlow(content: YamlContent, json: boolean): string {
  if (typeof content === "string") return formatFlowString(content, json);
  if ("entries" in content) return `{${formatFlowEntries(content, json)}}`;
  return `[${content.items.map((item) => formatFlow(item, json)).join(", ")}]`;
}

/** Writes the entries of a flow mapping without its braces. */
export function formatFlowEntries({ entries }: YamlContentMapping, json: boolean): string {
  return entries
    .map(([key, value]) => `${formatFlowString(key, json)}: ${formatFlow(value, json)}`)
    .join(", ");
}

/** Writes a string as in a block collection, but quoted too where it holds an indicator of flow style. */
export function formatFlowString(text: string, json: boolean): string {
  if (json) return formatDoubleQuoted(text);
  const formatted = formatYamlString(text);
  return formatted === text && /[,?:[\]{}]|^-/.test(text) ? formatDoubleQuoted(text) : formatted;
}

function formatBlockEntry(key: string, value: YamlContent, layout: BlockLayout): readonly string[] {
  const head = `${" ".repeat(layout.column)}${formatYamlString(key)}:`;
  if (typeof value === "string") return [`${head} ${formatYamlString(value)}`];
  const step = "entries" in value ? layout.step : layout.listStep;
  return [head, ...formatBlock(value, { ...layout, column: layout.column + step })];
}

function formatBlockItem(item: YamlContent, layout: BlockLayout): readonly string[] {
  const head = `${" ".repeat(layout.column)}-`.padEnd(layout.column + layout.dash);
  if (typeof item === "string") return [`${head}${formatYamlString(item)}`];
  const [first = "", ...rest] = formatBlock(item, { ...layout, column: head.length });
  return [`${head}${first.slice(head.length)}`, ...rest];
}
