import type { Diagnostic, DiagnosticSeverity, Parsed } from "../errors/diagnostic.js";
import {
  executeTemplate,
  GoTemplateError,
  parseTemplate,
  type TemplateValue,
} from "@image-updater/go-template";

/** How a template is named in messages, and what its failure costs. */
export interface TemplatePurpose {
  readonly name: string;
  readonly severity: DiagnosticSeverity;
}

/** Parses and executes a template; a failure is a diagnostic that says where, and no value. */
export function renderTemplate(
  template: string,
  data: TemplateValue,
  purpose: TemplatePurpose,
): Parsed<string> {
  try {
    return { value: executeTemplate(parseTemplate(template), data), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof GoTemplateError)) throw error;
    return { value: undefined, diagnostics: [describeFailure(error, template, purpose)] };
  }
}

function describeFailure(
  error: GoTemplateError,
  template: string,
  { name, severity }: TemplatePurpose,
): Diagnostic {
  const { offset } = error;
  const where = offset === undefined ? {} : { offset };
  const place = offset === undefined ? "" : ` at ${lineAndColumn(template, offset)}`;
  const message = `${name} template${place}: ${shorten(error.message)}`;
  return { severity, code: "invalid-template", where, message };
}

/** A wrong literal may be as long as the template. */
const MAXIMUM_REASON = 300;

function shorten(reason: string): string {
  return reason.length > MAXIMUM_REASON ? `${reason.slice(0, MAXIMUM_REASON)}...` : reason;
}

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}
