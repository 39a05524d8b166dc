import { pad, type Directive } from "./directive.js";
import type { BoundedText } from "../limits.js";

/**
 * Writes a floating-point number as Go's `fmt` and `strconv` do, to the last digit; `false` when the verb
 * is none for such numbers.
 */
export function formatFloat(output: BoundedText, directive: Directive, value: number): boolean {
  const number = magnitude(directive, Math.abs(value));
  if (number === undefined) return false;
  const digits = directive.sharp ? keepPoint(directive, number) : number;
  const sign = signOf(directive, value);
  // The sign stands before the zeros of a width.
  const isInside = sign !== "" && directive.zero && !directive.minus;
  if (isInside) output.append(sign);
  const width = Math.max(0, directive.width - (isInside ? sign.length : 0));
  pad(output, { ...directive, width }, isInside ? digits : `${sign}${digits}`);
  return true;
}

function signOf(directive: Directive, value: number): string {
  if (value < 0 || Object.is(value, -0)) return "-";
  if (directive.plus) return "+";
  return directive.space ? " " : "";
}

/** A precision beyond this overflows the output anyway. */
const MAXIMUM_PRECISION = 2 * 1024 * 1024;
const DEFAULT_PRECISION = 6;

function magnitude(directive: Directive, value: number): string | undefined {
  const { verb } = directive;
  const given = directive.precision;
  const precision = given === undefined ? undefined : Math.min(given, MAXIMUM_PRECISION);
  switch (verb) {
    case "e":
    case "E":
      return scientific(value, precision ?? DEFAULT_PRECISION, verb);
    case "f":
    case "F":
      return fixed(value, precision ?? DEFAULT_PRECISION);
    case "g":
    case "v":
      return general(value, precision, "e");
    case "G":
      return general(value, precision, "E");
    case "x":
    case "X":
      return hexadecimal(value, precision, verb);
    case "b":
      return binary(value);
    default:
      return undefined;
  }
}

/** Significant digits without zeros at either end, and how many of them stand before the point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

function scientific(value: number, precision: number, letter: string): string {
  return writeScientific(round(exact(value), precision + 1), precision, letter);
}

function fixed(value: number, precision: number): string {
  const decimal = exact(value);
  return writeFixed(round(decimal, decimal.point + precision), precision);
}

/** `%g`: as few digits as tell the number, or at most as many as asked for. */
function general(value: number, given: number | undefined, letter: string): string {
  const wanted = given === 0 ? 1 : given;
  const decimal = wanted === undefined ? shortest(value) : round(exact(value), wanted);
  const count = decimal.digits.length;
  const precision = wanted ?? count;
  // An exponent is written where it is less than -4 or not less than this.
  const bound = wanted === undefined ? DEFAULT_PRECISION : boundOf(decimal, precision);
  const exponent = decimal.point - 1;
  if (count > 0 && (exponent < -4 || exponent >= bound)) {
    return writeScientific(decimal, Math.min(precision, count) - 1, letter);
  }
  const digits = precision > decimal.point ? count : precision;
  return writeFixed(decimal, Math.max(digits - decimal.point, 0));
}

function boundOf({ digits, point }: Decimal, precision: number): number {
  return precision > digits.length && digits.length >= point ? digits.length : precision;
}

function writeScientific({ digits, point }: Decimal, precision: number, letter: string): string {
  const first = digits.slice(0, 1) || "0";
  const rest = digits.slice(1, precision + 1).padEnd(precision, "0");
  const exponent = digits === "" ? 0 : point - 1;
  return `${first}${rest === "" ? "" : `.${rest}`}${letter}${signed(exponent)}`;
}

function writeFixed({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (precision <= 0) return whole;
  const leading = "0".repeat(Math.min(precision, Math.max(0, -point)));
  const fraction = `${leading}${digits.slice(Math.max(0, point))}`.slice(0, precision);
  return `${whole}.${fraction.padEnd(precision, "0")}`;
}

function signed(exponent: number): string {
  return `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** The fewest digits that give the number back. */
function shortest(value: number): Decimal {
  const [digits = "0", exponent = "0"] = value.toExponential().split("e");
  return trim(digits.replace(".", ""), Number(exponent) + 1);
}

/** All digits of a number: a binary fraction has an end in decimal, too. */
function exact(value: number): Decimal {
  const { mantissa, exponent } = split(value);
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return trim(digits, digits.length);
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return trim(digits, digits.length + exponent);
}

/** Keeps `count` digits; the half goes to the even neighbour, for the digits are exact. */
function round({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return trim("", point);
  const kept = digits.slice(0, count);
  const rest = digits.slice(count);
  const isUp = rest === "5" ? "13579".includes(kept.at(-1) ?? "0") : rest >= "5";
  if (!isUp) return trim(kept, point);
  const next = (BigInt(`0${kept}`) + 1n).toString();
  const isLonger = next.length > count;
  return trim(next, point + (isLonger ? 1 : 0));
}

function trim(digits: string, point: number): Decimal {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end -= 1;
  let start = 0;
  while (start < end && digits[start] === "0") start += 1;
  return { digits: digits.slice(start, end), point: start === end ? 0 : point - start };
}

interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** The number as an integer of at most 53 bits, times a power of two. */
function split(value: number): Binary {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const fraction = (BigInt(high & 0xf_ffff) << 32n) | BigInt(bits.getUint32(4));
  const biased = (high >>> 20) & 0x7ff;
  if (biased === 0) return { mantissa: fraction, exponent: -1074 };
  return { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

function binary(value: number): string {
  const { mantissa, exponent } = split(value);
  return `${mantissa}p${exponent < 0 ? "" : "+"}${exponent}`;
}

/** `%x`: `0x1.8p+01`, with one digit before the point. */
function hexadecimal(value: number, precision: number | undefined, verb: string): string {
  const digits = verb === "X" ? "0123456789ABCDEF" : "0123456789abcdef";
  const letter = verb === "X" ? "P" : "p";
  let { mantissa, exponent } = split(value);
  if (mantissa === 0n) exponent = -52;
  while (mantissa !== 0n && mantissa >> 52n === 0n) {
    mantissa <<= 1n;
    exponent -= 1;
  }
  const dropped = precision === undefined ? 0n : BigInt(Math.max(0, 52 - 4 * precision));
  const rest = mantissa & ((1n << dropped) - 1n);
  mantissa >>= dropped;
  const half = dropped === 0n ? 1n : 1n << (dropped - 1n);
  if (rest > half || (rest === half && mantissa % 2n === 1n)) mantissa += 1n;
  mantissa <<= dropped;
  if (mantissa >> 53n === 1n) {
    mantissa >>= 1n;
    exponent += 1;
  }
  const fraction = (mantissa & ((1n << 52n) - 1n)).toString(16).padStart(13, "0");
  const shown =
    precision === undefined
      ? fraction.replace(/0{1,13}$/u, "")
      : fraction.slice(0, precision).padEnd(precision, "0");
  const cased = Array.from(shown, (digit) => digits[Number.parseInt(digit, 16)] ?? digit).join("");
  const point = cased === "" ? "" : `.${cased}`;
  return `0${verb}${mantissa >> 52n}${point}${letter}${signed(exponent + 52)}`;
}

/** `#`: the point stays, and so do the zeros after the digits of `%g`. */
function keepPoint({ verb, precision }: Directive, number: string): string {
  if (verb === "b") return number;
  const end = number.search(verb === "x" || verb === "X" ? /[pP]/u : /[eE]/u);
  const body = end < 0 ? number : number.slice(0, end);
  const tail = end < 0 ? "" : number.slice(end);
  const wanted = "vgGx".includes(verb) ? (precision ?? DEFAULT_PRECISION) : 0;
  // As Go counts them: all from the first that is not zero, and a lone zero is one.
  const counted = body.replaceAll(".", "").replace(/^0+/u, "").length;
  const lone = body === "0" ? 1 : 0;
  const zeros = Math.max(0, Math.min(wanted, MAXIMUM_PRECISION) - counted - lone);
  return `${body}${body.includes(".") ? "" : "."}${"0".repeat(zeros)}${tail}`;
}
