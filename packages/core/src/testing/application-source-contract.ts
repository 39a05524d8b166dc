import { z } from "zod";
import { ApplicationError } from "../errors/application-error.js";
import type { ApplicationChange, ApplicationSource } from "../ports/application-client.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import { assertSame, rejectionOf, type ContractCase } from "./contract-case.js";

/** A source that holds the Applications `argocd/web` and `argocd/api`, and how to change them. */
export interface ApplicationSourceUnderTest {
  readonly source: ApplicationSource;
  /** Creates the Application, or replaces it. */
  put(manifest: object): Promise<void>;
  remove(name: { readonly namespace: string; readonly name: string }): Promise<void>;
}

/** How the contract comes to a source, and to signals of its host. */
export interface ApplicationSourceHarness {
  create(): Promise<ApplicationSourceUnderTest>;
  createSignal(): { readonly signal: CancelSignal; abort(): void };
}

/** What every {@link ApplicationSource} promises; what is said of `watch` holds where it is there. */
export function applicationSourceContract(
  harness: ApplicationSourceHarness,
): readonly ContractCase[] {
  const watching = async (
    check: (changes: ChangeReader, subject: ApplicationSourceUnderTest) => Promise<void>,
  ): Promise<void> => {
    const subject = await harness.create();
    const { signal, abort } = harness.createSignal();
    const watched = subject.source.watch?.({ signal });
    if (watched === undefined) return;
    const changes = watched[Symbol.asyncIterator]();
    try {
      await check(readerOf(changes), subject);
    } finally {
      abort();
    }
    assertSame((await changes.next()).done, true, "end after the signal was aborted");
  };
  return [
    {
      name: "lists every Application",
      async run(): Promise<void> {
        const { source } = await harness.create();
        assertSame(namesOf(await source.list()), ["argocd/api", "argocd/web"], "names");
      },
    },
    {
      name: "says cancelled when its signal is aborted",
      async run(): Promise<void> {
        const { source } = await harness.create();
        const { signal, abort } = harness.createSignal();
        abort();
        const error = await rejectionOf(source.list({ signal }), "list");
        assertSame(ApplicationError.is(error) && error.code, "cancelled", "code");
      },
    },
    {
      name: "watches: first all there are, until the signal is aborted",
      run: () =>
        watching(async (changes) => {
          const first = await changes.next();
          assertSame(first.kind, "listed", "first");
          const manifests = first.kind === "listed" ? first.manifests : [];
          assertSame(namesOf(manifests), ["argocd/api", "argocd/web"], "names");
        }),
    },
    {
      name: "watches: an Application that is created or changed, and one that is removed",
      run: () =>
        watching(async (changes, { put, remove }) => {
          await changes.next();
          await put(applicationOf("new"));
          const created = await changes.next();
          assertSame(changedName(created), "argocd/new", "created");
          await remove({ namespace: "argocd", name: "api" });
          const removed = await changes.next();
          assertSame(removed, { kind: "removed", namespace: "argocd", name: "api" }, "removed");
        }),
    },
  ];
}

/** An Application of the contract, as small as it may be. */
export function applicationOf(name: string): object {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: "argocd" },
    spec: {
      project: "default",
      destination: { namespace: name, server: "https://kubernetes.default.svc" },
      source: { repoURL: "https://git.example.com/team/apps.git", path: `apps/${name}` },
    },
  };
}

interface ChangeReader {
  next(): Promise<ApplicationChange>;
}

function readerOf(changes: AsyncIterator<ApplicationChange>): ChangeReader {
  return {
    async next(): Promise<ApplicationChange> {
      const result = await changes.next();
      if (result.done === true) throw new Error("the watch ended although nobody aborted it");
      return result.value;
    },
  };
}

function namesOf(manifests: readonly unknown[]): readonly string[] {
  return manifests.map(nameOf).toSorted();
}

function changedName(change: ApplicationChange): string {
  return change.kind === "changed" ? nameOf(change.manifest) : change.kind;
}

function nameOf(manifest: unknown): string {
  const { data } = named.safeParse(manifest);
  return `${data?.metadata.namespace}/${data?.metadata.name}`;
}

const named = z.object({ metadata: z.object({ namespace: z.string(), name: z.string() }) });
