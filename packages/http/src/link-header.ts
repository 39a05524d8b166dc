/** What a `Link` header (RFC 8288) says of the page that comes after. */
export type PageLink =
  /** It says nothing of pages. */
  | { readonly kind: "unsaid" }
  /** It names other pages and no next one. */
  | { readonly kind: "last" }
  /** The target as written. */
  | { readonly kind: "next"; readonly target: string }
  /** Something is there that may name the next page and cannot be read. */
  | { readonly kind: "unreadable" };

interface Link {
  readonly target: string;
  /** In lower case; `undefined` where the link does not say what it is. */
  readonly relations?: readonly string[] | undefined;
}

const OTHER_PAGES: readonly string[] = ["first", "last", "prev", "previous"];
/** What a target without brackets must begin with to be taken for one. */
const BARE_TARGET = /^(?:https?:\/\/|[/?])[^\s<>"]*$/i;

/**
 * Reads a `Link` header. The first link with relation `next` counts; where no link has one, a single
 * link that does not say what it is. Brackets may be missing.
 */
export function parsePageLink(header: string | undefined): PageLink {
  const links = splitOutside(header ?? "", ",")
    .filter((text) => text.trim() !== "")
    .map(readLink);
  const readable = links.filter((link) => link !== undefined);
  const next = readable.find(({ relations }) => relations?.includes("next") === true);
  if (next !== undefined) return { kind: "next", target: next.target };
  const unnamed = readable.filter(({ relations }) => relations === undefined);
  const [only] = unnamed;
  if (readable.length < links.length || unnamed.length > 1) return { kind: "unreadable" };
  if (only !== undefined) return { kind: "next", target: only.target };
  const pages = readable.some(({ relations = [] }) =>
    relations.some((one) => OTHER_PAGES.includes(one)),
  );
  return { kind: pages ? "last" : "unsaid" };
}

function readLink(text: string): Link | undefined {
  const [first = "", ...parameters] = splitOutside(text, ";").map((part) => part.trim());
  const target = readTarget(first);
  return target === undefined ? undefined : { target, relations: relationsOf(parameters) };
}

function readTarget(text: string): string | undefined {
  if (!text.startsWith("<")) return BARE_TARGET.test(text) ? text : undefined;
  return text.endsWith(">") ? text.slice(1, -1) : undefined;
}

/** Only the first `rel` of a link counts. */
function relationsOf(parameters: readonly string[]): readonly string[] | undefined {
  for (const parameter of parameters) {
    const equals = parameter.indexOf("=");
    if (equals === -1 || parameter.slice(0, equals).trim().toLowerCase() !== "rel") continue;
    return parameter
      .slice(equals + 1)
      .replaceAll(/["']/g, " ")
      .toLowerCase()
      .split(/\s+/)
      .filter((one) => one !== "");
  }
  return undefined;
}

/** Splits at the separators that stand neither in `<>` nor in quotes; one pass. */
function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let closing = "";
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (closing === '"' && character === "\\") index += 1;
    else if (closing !== "") closing = character === closing ? "" : closing;
    else if (character === "<") closing = ">";
    else if (character === '"') closing = '"';
    else if (character === separator) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)];
}
