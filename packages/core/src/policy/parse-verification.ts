import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import type { ImageVerification } from "./image-policy.js";
import type { ImagesVerification } from "./image-settings.js";

/** Names of Kubernetes objects, RFC 1123 subdomains. */
const SECRET_NAME =
  /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;
/** Names of fields in secrets, as Kubernetes takes them. */
const SECRET_FIELD = /^(?!\.{1,2}$)[-._a-zA-Z0-9]{1,253}$/u;

/**
 * Parses verification settings, all levels merged.
 *
 * Absent or turned off gives neither value nor diagnostic. Verification without a usable key is an
 * error: the image may then not be updated, since nobody could tell a good signature.
 */
export function parseVerification(
  settings: ImagesVerification | undefined,
): Parsed<ImageVerification> {
  if (settings === undefined || settings.enabled === false) {
    return { value: undefined, diagnostics: [] };
  }
  const { cosignKey } = settings;
  if (cosignKey === undefined) {
    return refuse("there is no cosignKey to verify with; set it, or enabled: false");
  }
  const { secretName, key } = cosignKey;
  if (!SECRET_NAME.test(secretName)) {
    const right = "write the name of a secret in the Application's namespace, without a namespace";
    return refuse(`cosignKey.secretName "${secretName}" is not a name of a secret; ${right}`);
  }
  if (!SECRET_FIELD.test(key)) {
    const right = "write letters, digits, dashes, dots and underscores, as cosign.pub";
    return refuse(`cosignKey.key "${key}" is not a field of a secret; ${right}`);
  }
  return { value: { cosignKey: { secretName, key } }, diagnostics: [] };
}

function refuse(message: string): Parsed<ImageVerification> {
  const diagnostic: Diagnostic = {
    severity: "error",
    code: "invalid-verification",
    where: {},
    message,
  };
  return { value: undefined, diagnostics: [diagnostic] };
}
