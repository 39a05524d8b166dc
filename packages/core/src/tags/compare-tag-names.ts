/**
 * Orders tags by the bytes of their UTF-8, which is the order of their code points; no case folding, no
 * locale.
 */
export function compareTagNames(left: string, right: string): -1 | 0 | 1 {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    // By code point: UTF-16 would sort everything beyond U+FFFF before U+E000.
    const difference = (left.codePointAt(index) ?? 0) - (right.codePointAt(index) ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  if (left.length === right.length) return 0;
  return left.length < right.length ? -1 : 1;
}
