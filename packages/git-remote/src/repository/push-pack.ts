import { GitRemoteError } from "../git-remote-error.js";
import type { PackForm, WrittenPack } from "../objects/object-store.js";
import { ProtocolError } from "../protocol-error.js";
import type { GitTransport } from "../transport/git-transport.js";
import {
  encodePush,
  readPushOffer,
  readPushReport,
  takesThinPacks,
  type PushCommand,
  type PushOffer,
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
 * Pushes a thin pack, if there is anything to be saved by one and the server takes them.
 *
 * The server is asked what it can do before the first push, and nothing else is named to it. One that
 * cannot unpack a thin pack all the same has changed nothing, and the same is sent again in whole
 * objects. Nor is a thin pack sent again after a push whose outcome is unknown; then the server is
 * asked anew, too.
 */
export async function pushPack(
  context: PushContext,
  request: PushRequest,
  signal: AbortSignal | undefined,
): Promise<PushReport> {
  const { memory } = context;
  const offer = await lookUpOffer(context, signal);
  const isThinWelcome = takesThinPacks(offer) && memory.server().refusesThinPacks !== true;
  const { bytes, thin } = await request.pack({ thin: isThinWelcome });
  try {
    const report = await send(context, { ...request, pack: bytes }, offer, signal);
    if (!thin || isUnpacked(report)) return report;
  } catch (error) {
    if (isUnknownOutcome(error)) {
      memory.learn({ pushOffer: undefined, ...(thin ? { refusesThinPacks: true } : {}) });
    }
    throw error;
  }
  const whole = await request.pack({ thin: false });
  const report = await send(context, { ...request, pack: whole.bytes }, offer, signal);
  // Else it was for another reason.
  if (isUnpacked(report)) memory.learn({ refusesThinPacks: true });
  return report;
}

function isUnpacked(report: PushReport): boolean {
  return report.kind !== "refused" || report.what === "reference";
}

function isUnknownOutcome(error: unknown): boolean {
  if (!GitRemoteError.is(error)) return error instanceof ProtocolError;
  return error.retryable || error.kind === "invalid-response";
}

async function lookUpOffer(
  { transport, memory }: PushContext,
  signal: AbortSignal | undefined,
): Promise<PushOffer> {
  const known = memory.server().pushOffer;
  if (known !== undefined) return known;
  const offer = await readPushOffer(transport.pushGreeting(signal));
  memory.learn({ pushOffer: offer });
  return offer;
}

async function send(
  { transport }: PushContext,
  command: PushCommand,
  offer: PushOffer,
  signal: AbortSignal | undefined,
): Promise<PushReport> {
  const answer = transport.receivePack(encodePush(command, offer), signal);
  const report = await readPushReport(answer, command.ref, offer);
  const said = transport.clean(report.said);
  if (report.kind !== "refused") return { kind: report.kind, said };
  return { ...report, reason: transport.clean(report.reason), said };
}
