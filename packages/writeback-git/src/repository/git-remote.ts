import { WriteBackError } from "@image-updater/core";
import * as git from "isomorphic-git";
import {
  createObjectFolder,
  createObjectStore,
  type ObjectStore,
} from "../objects/object-store.js";
import { nameProtocolError, ProtocolError } from "../protocol-error.js";
import type { GitTransport } from "../transport/git-transport.js";
import { createIsomorphicHttp } from "../transport/isomorphic-http.js";
import { decodePackets } from "../wire/pkt-line.js";
import {
  decodePushReport,
  encodePush,
  type PushCommand,
  type PushReport,
} from "../wire/receive-pack.js";
import {
  capabilityValue,
  decodeRefAdvertisement,
  encodeBranchAdvertisement,
  type RefAdvertisement,
} from "../wire/ref-advertisement.js";

/** One repository on a server: what can be asked of it, with errors that name it. */
export interface GitRemote {
  /** The repository's URL for messages. */
  readonly target: string;
  /** Branches and what they point to, now. */
  advertise(signal?: AbortSignal): Promise<RefAdvertisement>;
  /** Downloads one commit of a branch, without history. */
  fetch(request: FetchRequest, signal?: AbortSignal): Promise<ObjectStore>;
  /**
   * Moves one reference, only if it is still where it was expected.
   *
   * When it throws `unavailable`, `timeout` or `invalid-response`, the outcome is unknown.
   */
  push(command: PushCommand, signal?: AbortSignal): Promise<PushReport>;
}

/** What to fetch: a reference as an advertisement showed it. */
export interface FetchRequest {
  readonly ref: string;
  readonly oid: string;
  readonly capabilities: readonly string[];
}

/** A {@link GitRemote} that speaks protocol version 0 (gitprotocol-pack) over a transport. */
export function openGitRemote(transport: GitTransport): GitRemote {
  const { target } = transport;
  return {
    target,
    advertise: (signal) =>
      named(transport, async () => decodeRefAdvertisement(await transport.advertisement(signal))),
    fetch: (request, signal) => named(transport, () => fetchCommit(transport, request, signal)),
    push: (command, signal) =>
      named(transport, async () => {
        const answer = await transport.receivePack(encodePush(command), signal);
        const report = decodePushReport(answer, command.ref);
        const said = transport.clean(report.said);
        if (report.kind === "accepted") return { kind: "accepted", said };
        return { kind: "refused", reason: transport.clean(report.reason), said };
      }),
  };
}

async function named<T>(transport: GitTransport, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw nameProtocolError(error, transport.target, (text) => transport.clean(text));
  }
}

async function fetchCommit(
  transport: GitTransport,
  { ref, oid, capabilities }: FetchRequest,
  signal: AbortSignal | undefined,
): Promise<ObjectStore> {
  requireFetchable(transport.target, capabilities);
  const folder = createObjectFolder();
  const http = createIsomorphicHttp({
    advertisement: encodeBranchAdvertisement(ref, oid, capabilities),
    uploadPack: async (body) => {
      const answer = await transport.uploadPack(body, signal);
      // isomorphic-git takes a refusal for an empty pack; reading the packets throws it.
      decodePackets(answer);
      return answer;
    },
  });
  const remote = { remote: "origin", url: transport.target };
  const choice = { ref, remoteRef: ref, singleBranch: true, depth: 1, tags: false };
  try {
    await git.addRemote({ ...folder, ...remote });
    await git.fetch({ ...folder, ...remote, ...choice, http });
  } catch (cause) {
    if (WriteBackError.is(cause) || cause instanceof ProtocolError) throw cause;
    throw new ProtocolError("the server sent no usable pack", String(cause));
  }
  return createObjectStore(folder);
}

function requireFetchable(target: string, capabilities: readonly string[]): void {
  const format = capabilityValue(capabilities, "object-format") ?? "sha1";
  if (format !== "sha1") {
    const message = `${target} has ${format} objects; only sha1 repositories are supported`;
    throw new WriteBackError("unsupported", message, { target });
  }
  if (!capabilities.includes("shallow")) {
    const message = `the server of ${target} cannot send a single commit (no shallow fetch)`;
    throw new WriteBackError("unsupported", message, { target });
  }
}
