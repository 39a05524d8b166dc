import type { TemplateValue } from "../value.js";

/** A parsed template: its own body, and those of `define` and `block` by their names. */
export interface Template {
  readonly body: readonly TemplateNode[];
  readonly definitions: ReadonlyMap<string, readonly TemplateNode[]>;
}

/** One piece of a body. Offsets are those of the template's text, in UTF-16 code units. */
export type TemplateNode =
  | { readonly kind: "text"; readonly offset: number; readonly text: string }
  | { readonly kind: "action"; readonly offset: number; readonly pipeline: Pipeline }
  | { readonly kind: "break" | "continue"; readonly offset: number }
  | TemplateCall
  | ControlNode;

/** `{{template "name" pipeline}}`. */
export interface TemplateCall {
  readonly kind: "template";
  readonly offset: number;
  readonly name: string;
  readonly pipeline: Pipeline | undefined;
}

/** A block with an optional `else`. */
export interface ControlNode {
  readonly kind: "if" | "with" | "range";
  readonly offset: number;
  readonly pipeline: Pipeline;
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[] | undefined;
}

/** Commands separated by `|`, whose result may go into variables. */
export interface Pipeline {
  readonly kind: "pipeline";
  readonly offset: number;
  /** Variables left of `:=` or `=`; two of them only in `range`. */
  readonly variables: readonly string[];
  /** `=` instead of `:=`: the variables exist already. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

/** A function with its arguments, or a single value. */
export interface Command {
  readonly offset: number;
  readonly head: Operand;
  readonly arguments: readonly Operand[];
}

/** A term of a command. A `path` holds the field names that follow it. */
export type Operand =
  | { readonly kind: "dot" | "nil"; readonly offset: number }
  | { readonly kind: "literal"; readonly offset: number; readonly value: TemplateValue }
  | { readonly kind: "function"; readonly offset: number; readonly name: string }
  | { readonly kind: "field"; readonly offset: number; readonly path: readonly string[] }
  | VariableOperand
  | ChainOperand
  | Pipeline;

/** `$name.Field`. */
interface VariableOperand {
  readonly kind: "variable";
  readonly offset: number;
  readonly name: string;
  readonly path: readonly string[];
}

/** `(pipeline).Field`. */
interface ChainOperand {
  readonly kind: "chain";
  readonly offset: number;
  readonly base: Operand;
  readonly path: readonly string[];
}
