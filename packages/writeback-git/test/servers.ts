import type { GitServerFault, GitServerOptions } from "../src/testing/index.js";

/** A server as one may be met, and how a request for its branches is told from others. */
export interface ServerKind {
  readonly title: string;
  readonly options: GitServerOptions;
  readonly lookUp: Pick<GitServerFault, "greeting" | "command">;
}

/** What servers differ in: which protocol they speak, and whether a client may leave out objects. */
export const SERVERS: readonly ServerKind[] = [
  { title: "with filters", options: {}, lookUp: { command: "ls-refs" } },
  { title: "without filters", options: { filters: false }, lookUp: { command: "ls-refs" } },
  {
    title: "of protocol version 0",
    options: { protocol: 0, filters: false },
    lookUp: { greeting: "git-upload-pack" },
  },
  {
    title: "of protocol version 0 with filters",
    options: { protocol: 0 },
    lookUp: { greeting: "git-upload-pack" },
  },
];
