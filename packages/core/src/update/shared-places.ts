import { findUnknownAnnotations } from "../annotations/find-unknown-annotations.js";
import type { Application } from "../application/application.js";
import { amendDecision } from "../decision/decision.js";
import type { DecisionReason } from "../decision/decision-reason.js";
import { findRunningImage } from "../decision/find-running-image.js";
import { describeSharedPlace } from "../decision/format-decision-reason.js";
import type { Diagnostic, DiagnosticSeverity } from "../errors/diagnostic.js";
import { fullName } from "../image/image-names.js";
import type { ImageReference } from "../image/image-reference.js";
import { isJsonObject, valueAt } from "../overrides/json-pointer.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { PlannedImage } from "./plan-image.js";
import { undecidedImage, writtenPlaces, type WrittenPlace } from "./written-places.js";

type SharedPlaceReason = Extract<DecisionReason, { readonly code: "shared-place" }>;

/** The images of an application after their decisions. */
export interface DecidedApplication {
  readonly application: Application;
  readonly planned: readonly PlannedImage[];
  /** Images that this cycle leaves out. */
  readonly others: readonly ImagePolicy[];
  readonly live: readonly ImageReference[];
  /** Images that leave Helm's default name alone. */
  readonly nameless: ReadonlySet<ImagePolicy>;
}

/**
 * Stops images that would write different values to one place: the last one would win, and a container
 * would run another one's image. Each becomes an error that names all of them and the settings; the
 * application's other images go on.
 *
 * Of images that are running, an undecided one counts too, since its value may differ. One that is not
 * running writes nothing, and is only warned about. Images that agree on the value share a place.
 */
export function stopAtSharedPlaces(decided: DecidedApplication): readonly PlannedImage[] {
  const { application, planned } = decided;
  const isWriting = planned.some(({ plan }) => plan.decision.outcome === "update");
  const shared = byPolicy(findShared(writersOf(decided), isWriting));
  if (application.writeBack === undefined || shared.size === 0) return planned;
  const unused = unusedSettings(application);
  return planned.map((image) => {
    const { policy } = image;
    const places = policy === undefined ? undefined : shared.get(policy);
    if (policy === undefined || places === undefined) return image;
    const reason = toReason(policy, places, unused);
    const isRunning = places.some(({ isLive }) => isLive);
    if (!isRunning && image.decided === undefined) return image;
    const isStopped = isWriting && isRunning;
    if (!isStopped || image.decided === undefined) {
      return {
        ...image,
        diagnostics: [...image.diagnostics, diagnose(application, reason, "warning")],
      };
    }
    const decision = amendDecision(image.plan.decision, { outcome: "error", reason });
    const { newImage: _newImage, ...plan } = image.plan;
    return {
      policy,
      plan: { ...plan, decision },
      diagnostics: [...image.diagnostics, diagnose(application, reason, "error")],
    };
  });
}

interface Writer {
  readonly policy: ImagePolicy;
  readonly isLive: boolean;
  readonly places: readonly WrittenPlace[];
}

interface Write {
  readonly writer: Writer;
  readonly place: WrittenPlace;
}

/** Images whose values for one place differ, or may. */
interface Shared {
  readonly writes: readonly Write[];
  /** Whether all of them run. */
  readonly isLive: boolean;
}

function writersOf(decided: DecidedApplication): readonly Writer[] {
  const { application, planned, others, live, nameless } = decided;
  const left = others.map((policy) => ({ policy, decided: undefined }));
  return [...planned, ...left].flatMap(({ policy, decided: image }) => {
    if (policy === undefined) return [];
    const isLive = image !== undefined || findRunningImage(policy, live) !== undefined;
    const rendered = image ?? undecidedImage(policy, nameless.has(policy));
    const places = writtenPlaces(application, policy, rendered, image !== undefined);
    return [{ policy, isLive, places }];
  });
}

function findShared(writers: readonly Writer[], isWriting: boolean): readonly Shared[] {
  const writes = writers.flatMap((writer) => writer.places.map((place) => ({ writer, place })));
  const byPlace = groupBy(writes, ({ place }) => [keyOf(place.steps)]);
  // A value cannot hold others: who writes `image.tag` does away with what was written to `image`.
  const inside = groupBy(writes, ({ place: { steps } }) =>
    steps.slice(1).map((_step, index) => keyOf(steps.slice(0, index + 1))),
  );
  return [
    ...[...byPlace.values()].flatMap((same) => judge(same, isWriting, haveOneValue)),
    ...[...byPlace].flatMap(([key, outer]) => {
      const inner = inside.get(key) ?? [];
      return inner.length === 0 ? [] : judge([...outer, ...inner], isWriting, () => false);
    }),
  ];
}

function keyOf(steps: readonly string[]): string {
  return JSON.stringify(steps);
}

function judge(
  writes: readonly Write[],
  isWriting: boolean,
  agree: (writes: readonly Write[]) => boolean,
): readonly Shared[] {
  const decided = writes.filter(({ place }) => place.value !== undefined);
  if (!areAtPeace(decided, agree)) return [{ writes: decided, isLive: true }];
  if (!isWriting || decided.length === 0) return [];
  const running = writes.filter(({ writer }) => writer.isLive);
  if (running.length > decided.length && !areAtPeace(running, () => false)) {
    return [{ writes: running, isLive: true }];
  }
  const isShared = writes.length > running.length && !areAtPeace(writes, () => false);
  return isShared ? [{ writes, isLive: false }] : [];
}

function areAtPeace(
  writes: readonly Write[],
  agree: (writes: readonly Write[]) => boolean,
): boolean {
  return writes.length < 2 || writes.every(({ place }) => place.isPassed) || agree(writes);
}

function haveOneValue(writes: readonly Write[]): boolean {
  return writes.every(({ place }) => place.value === writes[0]?.place.value);
}

function byPolicy(shared: readonly Shared[]): ReadonlyMap<ImagePolicy, readonly Shared[]> {
  return groupBy(shared, ({ writes }) => new Set(writes.map(({ writer }) => writer.policy)));
}

function groupBy<Key, Item>(
  items: readonly Item[],
  keysOf: (item: Item) => Iterable<Key>,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
  }
  return groups;
}

/** More names than these make no message better. */
const MAXIMUM_NAMED = 4;

function toReason(
  policy: ImagePolicy,
  shared: readonly Shared[],
  unused: readonly string[],
): SharedPlaceReason {
  const others = new Set<ImagePolicy>();
  for (const { writes } of shared) {
    for (const { writer } of writes) {
      if (others.size > MAXIMUM_NAMED) break;
      if (writer.policy !== policy) others.add(writer.policy);
    }
  }
  const named = [policy, ...others].slice(0, MAXIMUM_NAMED);
  const places = shared.flatMap(({ writes }) => writes.slice(0, MAXIMUM_NAMED));
  return {
    code: "shared-place",
    images: named.map(nameOf),
    isMore: others.size >= named.length,
    places: [...new Set(places.map(({ place }) => place.label))],
    settings: [...new Set(places.flatMap(({ place }) => place.settings))],
    unused,
  };
}

function nameOf({ alias, image }: ImagePolicy): string {
  return alias === undefined ? fullName(image) : `${alias} (${fullName(image)})`;
}

/** A misspelt alias is a likely reason: the image that it means is left with the default places. */
function unusedSettings({ manifest, policies, invalidImages }: Application): readonly string[] {
  const annotations = valueAt(manifest, ["metadata", "annotations"]);
  if (!isJsonObject(annotations)) return [];
  const aliases = [...policies, ...invalidImages].flatMap(({ alias }) => alias ?? []);
  return findUnknownAnnotations(annotations, aliases)
    .flatMap(({ where }) => where.annotation ?? [])
    .filter((key) => /\.(?:helm\.image-(?:name|tag|spec)|kustomize\.image-name)$/.test(key))
    .slice(0, MAXIMUM_NAMED);
}

function diagnose(
  { namespace, name }: Application,
  reason: SharedPlaceReason,
  severity: DiagnosticSeverity,
): Diagnostic {
  const where = { application: `${namespace}/${name}`, image: reason.images[0] };
  return { severity, code: "shared-place", where, message: describeSharedPlace(reason) };
}
