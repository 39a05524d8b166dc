import { executeError } from "./execute-error.js";
import { pad, type Directive } from "./directive.js";
import type { BoundedText } from "./template-limits.js";

/**
 * Writes a floating-point number as `%v` does; `false` when the verb is none for such numbers.
 *
 * A template has them as literals only. Every other notation is refused, not approximated.
 */
export function formatFloat(output: BoundedText, directive: Directive, value: number): boolean {
  if (!"vbeEfFgGxX".includes(directive.verb)) return false;
  if (directive.verb !== "v" || directive.precision !== undefined || directive.sharp) {
    const message = `printf cannot write a floating-point number with "%${directive.verb}"`;
    throw executeError(directive.offset, `${message}; use a plain "%v"`);
  }
  const sign = signOf(directive, value);
  const digits = shortest(Math.abs(value));
  if (sign !== "" && directive.zero && !directive.minus) {
    output.append(sign);
    pad(output, { ...directive, width: Math.max(0, directive.width - 1) }, digits);
  } else {
    pad(output, directive, `${sign}${digits}`);
  }
  return true;
}

function signOf(directive: Directive, value: number): string {
  if (value < 0 || Object.is(value, -0)) return "-";
  if (directive.plus) return "+";
  return directive.space ? " " : "";
}

/** The fewest digits that give the number back; with an exponent where Go's `%v` has one. */
function shortest(value: number): string {
  const [digits = "0", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return plain(digits.replace(".", ""), power);
  const sign = power < 0 ? "-" : "+";
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

function plain(digits: string, power: number): string {
  if (power < 0) return `0.${"0".repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  const fraction = digits.slice(power + 1);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
