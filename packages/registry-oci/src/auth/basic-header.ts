import type { Credential } from "@image-updater/core";

/** The name Docker gives to the user of an identity token. */
const TOKEN_USER = "<token>";

/** The `Authorization` header for user name and password; `undefined` for credentials without them. */
export function basicHeader(credential: Credential): string | undefined {
  if (credential.kind === "basic") return encode(credential.username, credential.password);
  if (credential.kind === "identity-token") return encode(TOKEN_USER, credential.token);
  return undefined;
}

function encode(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}
