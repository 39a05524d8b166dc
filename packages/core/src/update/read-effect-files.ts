import { isDone, runsOtherwise } from "../application/deployment-sign.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import type { ReadResult, WriteBackRead } from "../ports/write-back-target.js";
import { readTargets } from "./call-targets.js";
import type { Cycle } from "./cycle.js";
import { isWrittenTo, ownSource, pathsOf, type EffectSubject } from "../effect/effect-subject.js";
import { helmFilesToRead } from "../effect/hidden-helm-values.js";
import { overlayToRead } from "../effect/hidden-images.js";
import { sharedOverrideOf } from "../effect/other-parameters.js";
import { overrideFilesOf } from "../effect/override-layers.js";
import { valuesFilesOf } from "./missing-values.js";
import type { PlannedApplication } from "./plan-application.js";

/** What was read for one application. */
export interface EffectReads {
  /** Of the repository that is written to; undefined where the change goes to the Application. */
  readonly main: ReadResult | undefined;
  /** Of the source's repository, where it is another one. A failure says nothing. */
  readonly own: ReadResult | undefined;
}

/** For applications that are not written to Git: the credentials that Argo CD has. */
const ANY_GIT: WriteBackSettings = {
  method: "git",
  credentials: { kind: "repocreds" },
  target: { kind: "override" },
};

/** Reads the files that tell whether changes take effect; each repository is read once. Never throws. */
export async function readEffectFiles(
  cycle: Cycle,
  planned: readonly PlannedApplication[],
  subjects: readonly (EffectSubject | undefined)[],
): Promise<readonly (EffectReads | undefined)[]> {
  const { readSourceTimeoutMs: readTimeoutMs } = cycle;
  const [main, own] = await Promise.all([
    readSome(planned, subjects, mainRead, (reads) => readTargets(reads, cycle.targets)),
    readSome(
      planned,
      subjects,
      (one, subject) => ownRead(cycle, one, subject),
      (reads) => readTargets(reads, { ...cycle.targets, readTimeoutMs }),
    ),
  ]);
  return subjects.map((subject, index) =>
    subject === undefined ? undefined : { main: main.get(index), own: own.get(index) },
  );
}

async function readSome(
  planned: readonly PlannedApplication[],
  subjects: readonly (EffectSubject | undefined)[],
  readOf: (planned: PlannedApplication, subject: EffectSubject) => WriteBackRead | undefined,
  readAll: (reads: readonly WriteBackRead[]) => readonly Promise<ReadResult>[],
): Promise<ReadonlyMap<number, ReadResult>> {
  const wanted = planned.flatMap((one, index) => {
    const subject = subjects[index];
    const read = subject && readOf(one, subject);
    return read === undefined ? [] : [{ read, index }];
  });
  if (wanted.length === 0) return new Map();
  const results = await Promise.all(readAll(wanted.map(({ read }) => read)));
  return new Map(
    wanted.flatMap(({ index }, position) => {
      const result = results[position];
      return result === undefined ? [] : [[index, result] as const];
    }),
  );
}

function mainRead(
  { application, plan: { change } }: PlannedApplication,
  subject: EffectSubject,
): WriteBackRead | undefined {
  if (change?.location === undefined) return undefined;
  const { application: identity, project, settings, location, edits } = change;
  const source = ownSource(application);
  const overrides =
    source !== undefined && isWrittenTo(source.source, location)
      ? overrideFilesOf(application, source, subject.controllerNamespace)
      : [];
  const shared = edits.flatMap((edit) =>
    edit.kind === "argocd-source" ? [sharedOverrideOf(edit.path)] : [],
  );
  const paths = [
    ...edits.flatMap(pathsOf),
    ...valuesFilesOf(change, application),
    ...helmFilesToRead(subject),
    ...overlayToRead(subject),
    ...overrides.map(({ path }) => path),
    ...shared,
  ];
  return { application: identity, project, settings, location, paths: [...new Set(paths)] };
}

/** The override files of a source whose repository is not the one that is written to. */
function ownRead(
  { settings: { writeBack } }: Cycle,
  { application, live }: PlannedApplication,
  { controllerNamespace, location, edits, images }: EffectSubject,
): WriteBackRead | undefined {
  const { name, namespace, project } = application;
  const source = ownSource(application);
  if (source === undefined || isWrittenTo(source.source, location)) return undefined;
  if (edits.every(({ kind }) => kind === "argocd-source")) return undefined;
  // A write to the Application needs no Git; it is asked only where the cluster has come to rest.
  const isPatch = edits.some(({ kind }) => kind === "application-patch");
  const runsOld = images.some(({ policy, wanted }) => runsOtherwise(policy, wanted, live));
  if (isPatch && !(isDone(application) && runsOld)) return undefined;
  const paths = overrideFilesOf(application, source, controllerNamespace).map(({ path }) => path);
  const { repositoryUrl: repository, targetRevision } = source.source;
  const settings = application.writeBack?.method === "git" ? application.writeBack : ANY_GIT;
  const isReadable = writeBack.some((target) => target.accepts(settings));
  if (paths.length === 0 || repository === "" || !isReadable) return undefined;
  const base = ["", "HEAD"].includes(targetRevision) ? {} : { base: targetRevision };
  return {
    application: { name, namespace },
    project,
    settings,
    location: { repository, ...base },
    paths,
  };
}
