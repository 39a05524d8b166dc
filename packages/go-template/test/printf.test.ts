import { describe, expect, it } from "vitest";
import vectors from "./go-float-vectors.json" with { type: "json" };
import { failureOf, render } from "./sample-data.js";

describe("printf", () => {
  it.each([
    ['"%s %v %d %q %t %%" "a" 1 2 "b" true', 'a 1 2 "b" true %'],
    [
      '"%10s|%-10s|%.2s|%10.2s|%05s" "föo" "föo" "föo" "föo" "ab"',
      "       föo|föo       |fö|        fö|000ab",
    ],
    ['"%5d|%-5d|%05d|%+d|% d|%-05d|%05d" 1 1 1 1 1 1 -1', "    1|1    |00001|+1| 1|1    |-0001"],
    ['"%.3d|%5.3d|%05.3d|%.0d|%3.0d" 1 1 1 0 0', "001|  001|  001||   "],
    ['"%x %X %#x %o %#o %O %b" 255 255 -255 8 8 8 5', "ff FF -0xff 10 010 0o10 101"],
    ['"%c %q %U %#U" 65 65 65 233', "A 'A' U+0041 U+00E9 'é'"],
    [
      '"%x %X % x %#x %# x|%5x|%-4x|%.1x" "hé" "hé" "hé" "hé" "hé" "h" "h" "hé"',
      "68c3a9 68C3A9 68 c3 a9 0x68c3a9 0x68 0xc3 0xa9|   68|68  |68",
    ],
    [
      String.raw`"%q %+q %#q %.1q" "a\"b\n\u200b\x01é" "é" "ab" "föo"`,
      String.raw`"a\"b\n\u200b\x01é" "\u00e9" ` + '`ab` "f"',
    ],
    ['"%5t|%-7t|" true false', " true|false  |"],
    ['"%5v|%d|%s" nil nil nil', "<nil>|%!d(<nil>)|%!s(<nil>)"],
    ['"%v %6v %+v" 1.5 1.5 1.5', "1.5    1.5 1.5"],
    ['"%v %+v %d" .Plain .Plain .Plain', "{a 2} {A:a B:2} {%!d(string=a) 2}"],
    ['"%q" .Labels', 'map["a":"q\\"" "b":"x y"]'],
    ['"%T %T %T %T %T" 1 "a" .Items .Plain nil', "int string []main.item main.plain <nil>"],
  ])("formats %s", (call, expected) => {
    expect(render(`{{printf ${call}}}`)).toBe(expected);
  });

  it.each([
    ['"%d" "hi"', "%!d(string=hi)"],
    ['"%5d" "hi"', "%!d(string=   hi)"],
    ['"%s" 1', "%!s(int=1)"],
    ['"%s" (index "a" 0)', "%!s(uint8=97)"],
    ['"%t" 1', "%!t(int=1)"],
    ['"%z %!" 1 2', "%!z(int=1) %!!(int=2)"],
    ['"%s"', "%!s(MISSING)"],
    ['"%d %d" 1', "1 %!d(MISSING)"],
    ['"a" "b" nil 1', "a%!(EXTRA string=b, <nil>, int=1)"],
    ['"%"', "%!(NOVERB)"],
    ['"%[2]s %[1]s" "a" "b"', "b a"],
    ['"%[3]s|%[x]s|%[1]5s" "a"', "%!s(BADINDEX)|%!s(BADINDEX)|%!s(BADINDEX)"],
    ['"%[2]*[1]d" 1 5', "    1"],
    ['"%*d|%-*d|%*s" 5 1 5 1 -3 "a"', "    1|1    |a  "],
    ['"%*d" "a" 1', "%!(BADWIDTH)1"],
    ['"%.*s|%.*s" 2 "abc" -2 "abc"', "ab|%!(BADPREC)abc"],
    ['"%5%" ', "%"],
    ['"%99999999d" 1', "%!(NOVERB)%!(EXTRA int=1)"],
  ])("complains in the text about %s", (call, expected) => {
    expect(render(`{{printf ${call}}}`)).toBe(expected);
  });

  it.each([
    [
      '"%08.3f|%+.1e|%g|%#g|%x|%b" 1.5 1500.0 1e21 1.5 1.5 1.5',
      "0001.500|+1.5e+03|1e+21|1.50000|0x1.8p+00|6755399441055744p-52",
    ],
    // The half goes to the even neighbour, and the digits are those of the binary number.
    ['"%.0f %.0f %.1f %.2f" 0.5 1.5 0.25 1.005', "0 2 0.2 1.00"],
    ['"%.20f" 0.1', "0.10000000000000000555"],
    ['"%6.2f|%-8.1f|%08.2f|% f" -1.0 2.25 -3.14159 1.0', " -1.00|2.2     |-0003.14| 1.000000"],
    ['"%f %d" 1 1.5', "%!f(int=1) %!d(float64=1.5)"],
    ['"%[3]*.[2]*[1]f" 12.0 2 6', " 12.00"],
  ])("formats floating-point numbers as Go: %s", (call, expected) => {
    expect(render(`{{printf ${call}}}`)).toBe(expected);
  });

  it("formats floating-point numbers as Go's fmt did in 400 cases", () => {
    const found = vectors.map(([format, value]) => render(`{{printf "${format}" ${value}}}`));
    expect(found).toEqual(vectors.map(([, , expected]) => expected));
  });

  it.each(['"%#v" "a"', '"%#v" 1.5'])("refuses %s instead of approximating", (call) => {
    expect(failureOf(`{{printf ${call}}}`).code).toBe("execute");
  });
});
