// The public names, in reading order: the client, and the credentials it asks for.

export { createGhcrRegistry, type GhcrRegistrySettings } from "./create-ghcr-registry.js";
export { githubToken, type GithubTokenSettings, type TokenReader } from "./github-token.js";
