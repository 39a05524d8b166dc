// The subset of Go's text/template that texts of one line to a page need: pure, bounded, without
// dependencies.

export { parseTemplate } from "./parse/parser.js";
export type { Template } from "./parse/nodes.js";
export { executeTemplate } from "./execute/execute.js";
export { GoTemplateError, type GoTemplateErrorCode } from "./go-template-error.js";
export {
  boolValue,
  intValue,
  mapValue,
  stringValue,
  structValue,
  type IntegerValue,
  type ListValue,
  type MapValue,
  type StructValue,
  type TemplateValue,
} from "./value.js";
export { quoteText } from "./format/quote.js";
