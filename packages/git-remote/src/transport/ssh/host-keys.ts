import { createHash } from "node:crypto";
import { GitRemoteError } from "../../git-remote-error.js";
import type { ServerHostKeyAlgorithm } from "ssh2";
import type { SshRepositoryUrl } from "../../repository/ssh-address.js";
import {
  isSameKey,
  keysOfHost,
  namesOfHost,
  parseKnownHosts,
  typeOfKey,
  type HostKey,
  type KnownKeys,
} from "./known-hosts.js";

/** Which servers are trusted. */
export interface HostKeyRules {
  readonly address: Pick<SshRepositoryUrl, "url" | "host" | "port">;
  /** Lines as in `known_hosts`. */
  readonly knownHosts: string | undefined;
  readonly insecureIgnoreHostKey: boolean;
}

/** Decides whether a server is the one that is meant. */
export interface HostKeyPolicy {
  /** What to ask the server for: a key of another type could not be checked. Absent: any. */
  readonly algorithms: readonly ServerHostKeyAlgorithm[] | undefined;
  /** The error for a key that is not to be trusted; `undefined` when it is. */
  check(blob: Uint8Array): GitRemoteError | undefined;
  /** The error for a server that has no key of any of the types. */
  noCommonType(): GitRemoteError;
}

/**
 * The policy that some lines of `known_hosts` stand for.
 *
 * Throws `host-key` where they can trust no key at all: there are none, or only an authority for
 * certificates, or only keys of types that nobody should use any more.
 */
export function createHostKeyPolicy(rules: HostKeyRules): HostKeyPolicy {
  const { knownHosts, insecureIgnoreHostKey, address } = rules;
  const refuse = (reason: string): GitRemoteError =>
    new GitRemoteError("host-key", `${address.url}: ${reason}`, { target: address.url });
  const [name = address.host] = namesOfHost(address.host, address.port);
  if (insecureIgnoreHostKey) return trustEverybody(refuse);
  if (knownHosts === undefined) throw refuse(nothingGiven(address));
  const keys = keysOfHost(parseKnownHosts(knownHosts), address.host, address.port);
  const algorithms = algorithmsOf(keys);
  if (algorithms.length === 0) requireNothingElse(name, keys, refuse);
  return {
    algorithms: algorithms.length === 0 ? undefined : algorithms,
    check: (blob) => {
      const reason = reasonAgainst({ type: typeOfKey(blob) ?? "unknown", blob }, name, keys);
      return reason === undefined ? undefined : refuse(reason);
    },
    noCommonType: () =>
      refuse(
        `the server has none of the host keys that known_hosts has for ${name}: ${describeKeys(keys.trusted)}`,
      ),
  };
}

function trustEverybody(refuse: (reason: string) => GitRemoteError): HostKeyPolicy {
  return {
    algorithms: undefined,
    check: () => undefined,
    noCommonType: () => refuse("the server has no host key of a type that is supported"),
  };
}

/** An entry for the host that is of no use here is worse than none: it was meant to be enough. */
function requireNothingElse(
  name: string,
  { trusted, hasAuthority }: KnownKeys,
  refuse: (reason: string) => GitRemoteError,
): void {
  if (trusted.length > 0) {
    const types = [...new Set(trusted.map(({ type }) => type))].join(", ");
    throw refuse(
      `known_hosts has only host keys of unsupported types for ${name}: ${types}; add one of ${SUPPORTED}`,
    );
  }
  if (hasAuthority) {
    throw refuse(
      `known_hosts has only a @cert-authority for ${name}; host certificates are not supported, add the host key itself`,
    );
  }
}

function reasonAgainst(key: HostKey, name: string, keys: KnownKeys): string | undefined {
  const shown = `the server showed ${describeKeys([key])}`;
  if (keys.revoked.some((other) => isSameKey(key, other))) {
    return `known_hosts says that the host key of ${name} is revoked; ${shown}`;
  }
  if (keys.trusted.some((other) => isSameKey(key, other))) return undefined;
  if (keys.trusted.length === 0) {
    return `the host is not known: known_hosts has no entry for ${name}; ${shown}`;
  }
  return `the host key is not the one that known_hosts has for ${name}, ${describeKeys(keys.trusted)}; ${shown}: it was changed, or somebody is in between`;
}

function nothingGiven({ host, port }: HostKeyRules["address"]): string {
  const scan = port === 22 ? `ssh-keyscan ${host}` : `ssh-keyscan -p ${port} ${host}`;
  return `no known_hosts are given, so that the server cannot be told from another one; give its lines (as "${scan}" prints them, once compared), or insecureIgnoreHostKey to trust any server`;
}

/** The best one first; SHA-1 is left out. */
const ALGORITHMS: readonly (readonly [
  type: string,
  algorithms: readonly ServerHostKeyAlgorithm[],
])[] = [
  ["ssh-ed25519", ["ssh-ed25519"]],
  ["ecdsa-sha2-nistp256", ["ecdsa-sha2-nistp256"]],
  ["ecdsa-sha2-nistp384", ["ecdsa-sha2-nistp384"]],
  ["ecdsa-sha2-nistp521", ["ecdsa-sha2-nistp521"]],
  ["ssh-rsa", ["rsa-sha2-512", "rsa-sha2-256"]],
];
const SUPPORTED = ALGORITHMS.map(([type]) => type).join(", ");

function algorithmsOf({ trusted, typesAtPort }: KnownKeys): readonly ServerHostKeyAlgorithm[] {
  const types = new Set(trusted.map(({ type }) => type));
  const wanted = ALGORITHMS.filter(([type]) => types.has(type));
  const first = wanted.filter(([type]) => typesAtPort.has(type));
  const others = wanted.filter(([type]) => !typesAtPort.has(type));
  return [...first, ...others].flatMap(([, algorithms]) => algorithms);
}

function describeKeys(keys: readonly HostKey[]): string {
  return keys.map(({ type, blob }) => `${type} ${fingerprintOf(blob)}`).join(" or ");
}

/** `SHA256:` and the hash of a public key in base64, as OpenSSH shows it. */
export function fingerprintOf(blob: Uint8Array): string {
  const hash = createHash("sha256").update(blob).digest("base64");
  return `SHA256:${hash.replaceAll("=", "")}`;
}
