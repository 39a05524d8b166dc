/** Where a Git repository is, as far as two spellings of it can be told apart. */
interface GitRepositoryAddress {
  readonly isSsh: boolean;
  /** In lower case. */
  readonly host: string;
  /** Empty for the default one. */
  readonly port: string;
  /** In lower case, without slashes around it and without `.git` at its end. */
  readonly path: string;
}

/**
 * Whether two addresses name one repository, by HTTP or by SSH: letters' case, user information,
 * default ports, slashes and `.git` at the end say nothing, and `git@host:path` is `https://host/path`.
 *
 * It says which of an Application's sources is meant. Whom credentials are for is a narrower question,
 * which the target that has them answers.
 */
export function isSameGitRepository(one: string, other: string): boolean {
  const [left, right] = [parseAddress(one), parseAddress(other)];
  if (left === undefined || right === undefined) return one.trim() === other.trim();
  const isSamePort = left.isSsh !== right.isSsh || left.port === right.port;
  return left.host === right.host && left.path === right.path && isSamePort;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: "80", https: "443", ssh: "22" };
const URL_PARTS =
  /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:[^/?#]*@)?(?<host>\[[^\]/@]+\]|[^/?#:@[\]]+)(?::(?<port>\d*))?(?<path>\/.*)?$/su;
const SHORTHAND = /^(?:[^/:@]*@)?(?<host>\[[^\]/@]+\]|[^/:@[\]\s]+):(?<path>.*)$/su;

/** `undefined` for what is not an address of a server: a path of the machine, say. */
function parseAddress(text: string): GitRepositoryAddress | undefined {
  const lower = text.trim().toLowerCase();
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//u.test(lower);
  const parts = (isUrl ? URL_PARTS : SHORTHAND).exec(lower)?.groups;
  if (parts === undefined) return undefined;
  const { scheme = "ssh", host = "", port = "", path = "" } = parts;
  return {
    isSsh: scheme === "ssh",
    host,
    port: port === DEFAULT_PORTS[scheme] ? "" : port,
    path: trimPath(path),
  };
}

function trimPath(path: string): string {
  const trimmed = trimSlashes(path);
  return trimmed.endsWith(".git") ? trimSlashes(trimmed.slice(0, -".git".length)) : trimmed;
}

function trimSlashes(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text[start] === "/") start += 1;
  while (end > start && text[end - 1] === "/") end -= 1;
  return text.slice(start, end);
}
