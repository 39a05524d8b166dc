import { TemplateError } from "../errors/template-error.js";

/** The error for a template that cannot go on with its data. */
export function executeError(offset: number, message: string): TemplateError {
  return new TemplateError("execute", message, { offset });
}
