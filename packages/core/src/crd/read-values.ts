import { z } from "zod";
import { splitList } from "../image/list-items.js";
import type { Findings } from "./findings.js";
import { describeValue, pathOf, readField, type Field, type Mapping } from "./mapping.js";

/** Reads a field that holds text, without the blanks around it, which YAML's block scalars leave. */
export function readText(
  findings: Findings,
  mapping: Mapping,
  key: string,
): Field<string> | undefined {
  return readField(findings, mapping, key, trimmed, "write text, in quotes");
}

const trimmed = z.string().transform((text) => text.trim());

/** Reads a field that holds a boolean. */
export function readFlag(
  findings: Findings,
  mapping: Mapping,
  key: string,
): Field<boolean> | undefined {
  return readField(findings, mapping, key, z.boolean(), "write true or false, without quotes");
}

/** Reads a field that holds a list. */
export function readList(
  findings: Findings,
  mapping: Mapping,
  key: string,
): Field<readonly unknown[]> | undefined {
  return readField(findings, mapping, key, z.array(z.unknown()), "write a list");
}

/** Reads a field that holds a list of texts. */
export function readTexts(
  findings: Findings,
  mapping: Mapping,
  key: string,
): Field<readonly string[]> | undefined {
  const list = readList(findings, mapping, key);
  if (list?.value === undefined) return list;
  const { path, value: items } = list;
  const texts = items.filter((item) => typeof item === "string");
  if (texts.length === items.length) return { path, value: texts.map((item) => item.trim()) };
  const index = items.findIndex((item) => typeof item !== "string");
  const message = `${describeValue(items[index])} stands here; write text, in quotes`;
  return { path, problem: findings.report(`${path}[${index}]`, message) };
}

/**
 * Reads a field that holds a list of texts, or a plain text, as upstream's documentation shows it:
 * that is taken for a comma-separated list, with a warning, since the API server refuses it.
 */
export function readTextsOrText(
  findings: Findings,
  mapping: Mapping,
  key: string,
): Field<readonly string[]> | undefined {
  const text = mapping.fields.get(key);
  if (typeof text !== "string") return readTexts(findings, mapping, key);
  const path = pathOf(mapping.path, key);
  const value = splitList(text).map((item) => item.text);
  const list = value.map((item) => JSON.stringify(item)).join(", ");
  const message = `${describeValue(text)} is read as a list, but the API server refuses plain text here; write [${list}]`;
  findings.report(path, message, { severity: "warning" });
  return { path, value };
}
