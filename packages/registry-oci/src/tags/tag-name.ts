const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
/** The fallback of the referrers API cuts a sha512 after 64 digits, others write all of them. */
const SIGNATURE = /^(?:sha256-[0-9a-f]{64}|sha512-(?:[0-9a-f]{64}){1,2})(?:\.(?:sig|att|sbom))?$/;

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
