import {
  GoTemplateError,
  executeTemplate,
  intValue,
  mapValue,
  parseTemplate,
  stringValue,
  structValue,
  type TemplateValue,
} from "../src/index.js";

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
export function failureOf(template: string): GoTemplateError {
  try {
    render(template);
  } catch (error) {
    if (error instanceof GoTemplateError) return error;
    throw error;
  }
  throw new Error(`no error: ${template}`);
}
