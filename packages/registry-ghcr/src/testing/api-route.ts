/** What a request asks for. */
export type ApiRoute =
  | {
      readonly kind: "versions";
      readonly of: "organization" | "user" | "self";
      /** `undefined` for the token's own user. */
      readonly owner: string | undefined;
      readonly name: string;
    }
  | { readonly kind: "user" }
  | { readonly kind: "unknown" };

const VERSIONS = /^\/(?:(orgs|users)\/([^/]+)|user)\/packages\/container\/([^/]+)\/versions$/;

/** The route of a path; a name with a slash must come percent-encoded. */
export function apiRouteOf(pathname: string, basePath: string): ApiRoute {
  if (!pathname.startsWith(`${basePath}/`)) return { kind: "unknown" };
  const path = pathname.slice(basePath.length);
  if (path === "/user") return { kind: "user" };
  const match = VERSIONS.exec(path);
  if (match === null) return { kind: "unknown" };
  const [, owners, owner, name = ""] = match;
  return { kind: "versions", of: ownersOf(owners), owner, name: decodeURIComponent(name) };
}

function ownersOf(owners: string | undefined): "organization" | "user" | "self" {
  if (owners === undefined) return "self";
  return owners === "orgs" ? "organization" : "user";
}
