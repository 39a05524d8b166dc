import { base64 } from "@scure/base";

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/** The first byte of a certificate in DER: a sequence. */
const SEQUENCE = 0x30;

/**
 * Why a text holds no certificate that could be trusted; `undefined` when it holds one, or there is no
 * text.
 *
 * Only the form is judged, PEM around the base64 of a DER sequence: who uses the certificates knows
 * more. As for Go, text around the certificates does not matter, and one good certificate is enough.
 */
export function findPemProblem(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const blocks = text.split(BEGIN).slice(1);
  if (blocks.length === 0) return `holds no certificate: there is no ${BEGIN} in it`;
  return blocks.some(holdsSequence) ? undefined : "holds no certificate that can be read";
}

function holdsSequence(block: string): boolean {
  const end = block.indexOf(END);
  if (end === -1) return false;
  try {
    return base64.decode(block.slice(0, end).replaceAll(/\s/gu, ""))[0] === SEQUENCE;
  } catch {
    return false;
  }
}
