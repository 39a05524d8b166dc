import { CredentialError } from "../errors/credential-error.js";
import { RegistryError } from "../errors/registry-error.js";
import type { Repository } from "../ports/registry-client.js";
import { createPlainSource, type CancelEvents } from "./cancel-source.js";

/** What the calls of one cycle showed about the registries they went to. */
export interface HostHealth {
  /** Whether the host has answered anything in this cycle, were it only a refusal. */
  hasAnswered(host: string): boolean;
  /** The error of a call to a host that is known as down; undefined while it may be asked. */
  refusal(repository: Repository): RegistryError | undefined;
  /** Aborted when the host becomes known as down: calls under way are not worth waiting for. */
  downSignal(repository: Repository): CancelEvents;
  /** Notes the end of a call: its error, or undefined for an answer. */
  end(repository: Repository, error: unknown): void;
}

/** Settings of {@link createHostHealth}. */
export interface HostHealthSettings {
  /** Told when a host answers for the first time. */
  readonly onAnswer: (host: string) => void;
  /** Told once of each host that is known as down from now on. */
  readonly onDown: (message: string) => void;
}

/** The host as the calls of a cycle see it. */
interface Host {
  answered: boolean;
  /** Repositories that got no answer since the last one that did. */
  readonly silent: Set<string>;
  readonly down: ReturnType<typeof createPlainSource>;
  first: string;
}

/** Errors of a connection after which there is nobody to ask, whatever the repository. */
const NOBODY_THERE: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * Learns which hosts do not answer, so that each is waited for once and not once per image.
 *
 * An answer of any kind shows a host alive: a 404, a 401 and a 503 are answers. A host is known as down
 * when a connection finds nobody there, or when a second repository gets no answer, a third where the
 * host has answered before: one repository that hangs takes no other with it.
 */
export function createHostHealth({ onAnswer, onDown }: HostHealthSettings): HostHealth {
  const hosts = new Map<string, Host>();
  const open = ({ apiUrl }: Repository): Host => {
    const known = hosts.get(apiUrl);
    if (known !== undefined) return known;
    const host: Host = {
      answered: false,
      silent: new Set(),
      down: createPlainSource(),
      first: "",
    };
    hosts.set(apiUrl, host);
    return host;
  };
  return {
    hasAnswered: (host) => hosts.get(host)?.answered ?? false,
    refusal(repository): RegistryError | undefined {
      const { down, first } = open(repository);
      return down.signal.aborted ? downError(repository, first) : undefined;
    },
    downSignal: (repository) => open(repository).down.signal,
    end(repository, error): void {
      const host = open(repository);
      const { path, apiUrl } = repository;
      const meaning = meaningOf(error);
      if (meaning === "nothing" || host.down.signal.aborted) return;
      if (meaning === "answer") {
        host.silent.clear();
        const isFirst = !host.answered;
        host.answered = true;
        if (isFirst) onAnswer(apiUrl);
        return;
      }
      host.silent.add(path);
      if (host.silent.size === 1) host.first = messageOf(error);
      const enough = meaning === "nobody" ? 1 : 2;
      if (host.silent.size < (host.answered ? enough + 1 : enough)) return;
      onDown(
        `${repository.host} (${apiUrl}) is known as down for the rest of this cycle: ${host.first}`,
      );
      host.down.abort();
    },
  };
}

/**
 * `answer`: the host is alive. `silence`: no answer came. `nobody`: there is nobody to answer.
 * `nothing`: the call says nothing about the host.
 */
function meaningOf(error: unknown): "answer" | "silence" | "nobody" | "nothing" {
  if (error === undefined) return "answer";
  if (!RegistryError.is(error) || error.code === "cancelled") return "nothing";
  if (error.code === "refused-address" || error.code === "no-registry") return "nothing";
  if (error.code !== "timeout" && error.code !== "unavailable") return "answer";
  if (typeof error.context === "object" && error.context.status !== undefined) return "answer";
  // Credentials that cannot be had are not word of the registry.
  if (CredentialError.is(error.cause)) return "nothing";
  return NOBODY_THERE.has(codeOf(error.cause)) ? "nobody" : "silence";
}

function codeOf(cause: unknown): unknown {
  if (typeof cause !== "object" || cause === null) return undefined;
  if ("code" in cause && cause.code !== undefined) return cause.code;
  // One error for each address that was tried.
  const { errors }: { readonly errors?: unknown } = cause;
  return Array.isArray(errors) ? codeOf(errors[0]) : undefined;
}

function downError({ host, path }: Repository, first: string): RegistryError {
  const message = `${host}/${path} was not asked: ${host} is known as down for the rest of this cycle, since ${first}`;
  return new RegistryError("unavailable", message, { host, repository: path });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
