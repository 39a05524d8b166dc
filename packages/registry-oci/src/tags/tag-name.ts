const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const SIGNATURE = /^(?:sha256-[0-9a-f]{64}|sha512-[0-9a-f]{128})(?:\.(?:sig|att|sbom))?$/;

/** Whether a tag can have this name, by the distribution specification. */
export function isTagName(text: string): boolean {
  return TAG.test(text);
}

/**
 * Whether the tag names another image's signature, attestation or bill of materials: the fallback of
 * the referrers API (`sha256-<hex>`), and what cosign writes (`sha256-<hex>.sig`).
 */
export function isReferrerTag(tag: string): boolean {
  return SIGNATURE.test(tag);
}
