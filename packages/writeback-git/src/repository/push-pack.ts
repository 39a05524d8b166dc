import { WriteBackError } from "@image-updater/core";
import type { PackForm, WrittenPack } from "../objects/object-store.js";
import { ProtocolError } from "../protocol-error.js";
import type { GitTransport } from "../transport/git-transport.js";
import {
  encodePush,
  readPushReport,
  type PushCommand,
  type PushReport,
} from "../wire/receive-pack.js";
import type { RepositoryMemory } from "./repository-memory.js";

/** A move of one reference, and the objects for it in the form that the server takes. */
export interface PushRequest extends Omit<PushCommand, "pack"> {
  pack(form: PackForm): Promise<WrittenPack>;
}

/** Where a push goes. */
export interface PushContext {
  readonly transport: GitTransport;
  readonly memory: RepositoryMemory;
}

/**
 * Pushes a thin pack, if there is anything to be saved by one.
 *
 * A server may not take them (`no-thin` of gitprotocol-capabilities), and over HTTP it is not asked
 * before: if it cannot unpack one, nothing was changed, and the same is sent again in whole objects.
 * Nor is a thin pack sent again after a push whose outcome is unknown.
 */
export async function pushPack(
  context: PushContext,
  request: PushRequest,
  signal: AbortSignal | undefined,
): Promise<PushReport> {
  const { memory } = context;
  const isThinWelcome = memory.server().refusesThinPacks !== true;
  const { bytes, thin } = await request.pack({ thin: isThinWelcome });
  if (!thin) return send(context, { ...request, pack: bytes }, signal);
  try {
    const report = await send(context, { ...request, pack: bytes }, signal);
    if (isUnpacked(report)) return report;
  } catch (error) {
    if (isUnknownOutcome(error)) memory.learn({ refusesThinPacks: true });
    throw error;
  }
  const whole = await request.pack({ thin: false });
  const report = await send(context, { ...request, pack: whole.bytes }, signal);
  // Else it was for another reason.
  if (isUnpacked(report)) memory.learn({ refusesThinPacks: true });
  return report;
}

function isUnpacked(report: PushReport): boolean {
  return report.kind === "accepted" || report.what === "reference";
}

function isUnknownOutcome(error: unknown): boolean {
  if (!WriteBackError.is(error)) return error instanceof ProtocolError;
  return error.retryable || error.code === "invalid-response";
}

async function send(
  { transport }: PushContext,
  command: PushCommand,
  signal: AbortSignal | undefined,
): Promise<PushReport> {
  const answer = transport.receivePack(encodePush(command), signal);
  const report = await readPushReport(answer, command.ref);
  const said = transport.clean(report.said);
  if (report.kind === "accepted") return { kind: "accepted", said };
  return { ...report, reason: transport.clean(report.reason), said };
}
