/**
 * Whether this runtime brings its own undici, as Bun does: it ignores dispatchers, and with them every
 * setting of TLS and proxies.
 */
export function replacesUndici(): boolean {
  return "Bun" in globalThis;
}

/**
 * Refuses settings that would be ignored: a request that should go through a proxy, or trust one
 * authority only, must not go out otherwise.
 *
 * @throws TypeError that names the settings which are set.
 */
export function refuseIgnoredSettings(
  factory: string,
  settings: Readonly<Record<string, unknown>>,
): void {
  if (!replacesUndici()) return;
  const names = Object.keys(settings).filter((name) => isSet(settings[name]));
  if (names.length === 0) return;
  const message = `${factory}: Bun ignores the setting(s) ${names.join(", ")}; run on Node, or use HTTPS_PROXY and NODE_EXTRA_CA_CERTS of the environment, which Bun follows`;
  throw new TypeError(message);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== false && value !== "";
}
