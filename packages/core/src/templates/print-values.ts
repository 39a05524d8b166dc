import { plainDirective } from "./directive.js";
import { formatValue } from "./format-value.js";
import { createBoundedText } from "./template-limits.js";
import type { TemplateValue } from "./template-value.js";

/** The values as Go's `fmt.Sprint` joins them: a space between two of which none is a string. */
export function printValues(values: readonly TemplateValue[], offset: number): string {
  const output = createBoundedText(offset);
  for (const [index, value] of values.entries()) {
    const previous = values[index - 1];
    if (previous !== undefined && previous.kind !== "string" && value.kind !== "string") {
      output.append(" ");
    }
    formatValue(output, plainDirective(offset), value);
  }
  return output.toString();
}

/** The values as Go's `fmt.Sprintln` joins them: a space between each two, a newline behind. */
export function printLine(values: readonly TemplateValue[], offset: number): string {
  const output = createBoundedText(offset);
  for (const [index, value] of values.entries()) {
    if (index > 0) output.append(" ");
    formatValue(output, plainDirective(offset), value);
  }
  output.append("\n");
  return output.toString();
}
