import { TemplateError } from "../../src/errors/template-error.js";
import { executeTemplate } from "../../src/templates/template-evaluator.js";
import { parseTemplate } from "../../src/templates/template-parser.js";
import {
  intValue,
  mapValue,
  stringValue,
  structValue,
  type TemplateValue,
} from "../../src/templates/template-value.js";

/** Data with every kind of value a template can meet. */
const sampleData: TemplateValue = structValue("main.data", {
  Name: stringValue("föo<app>"),
  Count: intValue(3),
  Empty: { kind: "list", elementType: "main.item", items: [] },
  Items: {
    kind: "list",
    elementType: "main.item",
    items: [
      structValue("main.item", {
        Tag: stringValue("1.0"),
        Labels: mapValue({ b: "x y", a: 'q"', "org.x/é": "ü" }),
      }),
      structValue("main.item", { Tag: stringValue("2.1"), Labels: mapValue(undefined) }),
    ],
  },
  Plain: structValue("main.plain", { A: stringValue("a"), B: intValue(2) }),
  Labels: mapValue({ b: "x y", a: 'q"' }),
});

/** What a template gives on the sample data. */
export function render(template: string): string {
  return executeTemplate(parseTemplate(template), sampleData);
}

/** The error a template ends with; a failure of the test when there is none. */
export function failureOf(template: string): TemplateError {
  try {
    render(template);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error(`no error: ${template}`);
}
