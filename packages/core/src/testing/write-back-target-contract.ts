import { utf8 } from "@scure/base";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type { FileEdit } from "../ports/edits.js";
import type {
  WriteBackChange,
  WriteBackLocation,
  WriteBackTarget,
  WriteResult,
} from "../ports/write-back-target.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import { assertSame, type ContractCase } from "./contract-case.js";

/** A target under test and one repository behind it, with the branches `main` and `staging`. */
export interface WriteBackUnderTest {
  readonly target: WriteBackTarget;
  /** URL of the repository. */
  readonly repository: string;
  /** Text of a file now; undefined when it does not exist. */
  readFile(branch: string, path: string): Promise<string | undefined>;
  /** Messages of all commits on the branch, newest first, without the fixture's own. */
  messages(branch: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** How the contract reaches the adapter under test. */
export interface WriteBackTargetHarness {
  /** A fresh repository that holds the files on both branches. */
  create(files: Readonly<Record<string, string>>): Promise<WriteBackUnderTest>;
  /** A signal that is aborted already, `AbortSignal.abort()`; without one, cancelling is not tried. */
  readonly aborted?: CancelSignal | undefined;
}

const GIT: WriteBackSettings = { method: "git", target: { kind: "override" } };
const VALUES = "apps/web/values.yaml";
const FILES = { [VALUES]: "image:\n  tag: v1 # keep\n", "README.md": "hello\n" };

/**
 * What every {@link WriteBackTarget} that writes files promises.
 *
 * ```ts
 * for (const clause of writeBackTargetContract(harness)) it(clause.name, clause.run);
 * ```
 */
export function writeBackTargetContract(harness: WriteBackTargetHarness): readonly ContractCase[] {
  const { aborted } = harness;
  const cancelling = aborted === undefined ? [] : [cancelClause(aborted)];
  return [...CLAUSES, ...cancelling].map(({ name, check }) => ({
    name,
    async run(): Promise<void> {
      const subject = await harness.create(FILES);
      try {
        await check(subject);
      } finally {
        await subject.close();
      }
    },
  }));
}

interface Clause {
  readonly name: string;
  check(subject: WriteBackUnderTest): Promise<void>;
}

const CLAUSES: readonly Clause[] = [
  {
    name: "carries the version of the contract and accepts the git method only",
    check({ target }): Promise<void> {
      assertSame(target.contract, "write-back-target/1", "contract");
      assertSame(target.accepts(GIT), true, "git");
      assertSame(target.accepts({ ...GIT, method: "argocd" }), false, "argocd");
      return Promise.resolve();
    },
  },
  {
    name: "reads files, and undefined for those that do not exist",
    async check({ target, repository }): Promise<void> {
      const { application, settings, location } = change(repository, "web", []);
      const paths = [VALUES, "missing.yaml"];
      const [result] = await target.read([{ application, settings, location, paths }]);
      if (result?.kind !== "read") throw new Error(`not read: ${JSON.stringify(result)}`);
      const bytes = result.files.get(VALUES) ?? new Uint8Array();
      assertSame(utf8.encode(bytes), FILES[VALUES], "file");
      assertSame(result.files.has("missing.yaml"), true, "answer for the missing file");
      assertSame(result.files.get("missing.yaml"), undefined, "missing file");
    },
  },
  {
    name: "writes an edit with its message and leaves every other byte",
    async check(subject): Promise<void> {
      const { target, repository } = subject;
      const [result] = await target.write([change(repository, "web", [setTag("v2")])]);
      if (result?.kind !== "written") throw new Error(`not written: ${JSON.stringify(result)}`);
      assertSame(result.paths, [VALUES], "paths");
      assertSame(result.revision === "", false, "no revision");
      assertSame(await subject.readFile("main", VALUES), "image:\n  tag: v2 # keep\n", "file");
      assertSame(await subject.readFile("main", "README.md"), "hello\n", "other file");
      assertSame(await subject.messages("main"), ["update web"], "messages");
    },
  },
  {
    name: "creates a file that does not exist",
    async check(subject): Promise<void> {
      const { target, repository } = subject;
      const [result] = await target.write([change(repository, "web", [override("web", "v2")])]);
      assertSame(kindOf(result), "written", "result");
      const text = await subject.readFile("main", "apps/web/.argocd-source-web.yaml");
      assertSame(text?.includes("value: v2"), true, "file");
    },
  },
  {
    name: "writes nothing when nothing changes",
    async check(subject): Promise<void> {
      const { target, repository } = subject;
      const results = await target.write([change(repository, "web", [setTag("v1")])]);
      assertSame(results.map(kindOf), ["unchanged"], "results");
      assertSame(await subject.messages("main"), [], "messages");
    },
  },
  {
    name: "answers one result per change, in order, and commits each application by itself",
    async check(subject): Promise<void> {
      const { target, repository } = subject;
      const results = await target.write([
        change(repository, "web", [override("web", "v2")]),
        change(repository, "idle", [setTag("v1")]),
        change(repository, "api", [override("api", "v3")]),
      ]);
      assertSame(results.map(kindOf), ["written", "unchanged", "written"], "results");
      assertSame(await subject.messages("main"), ["update api", "update web"], "messages");
    },
  },
  {
    name: "lets one refused edit fail alone",
    async check(subject): Promise<void> {
      const { target, repository } = subject;
      const broken: FileEdit = {
        kind: "helm-values",
        path: VALUES,
        changes: [{ path: "image.tag[0]", value: "v2" }],
      };
      const results = await target.write([
        change(repository, "web", [broken]),
        change(repository, "api", [override("api", "v3")]),
      ]);
      assertSame(results.map(kindOf), ["failed", "written"], "results");
      assertSame(await subject.messages("main"), ["update api"], "messages");
    },
  },
  {
    name: "writes to the branch that is named, and only there",
    async check(subject): Promise<void> {
      const { target, repository } = subject;
      const staged = change(repository, "web", [setTag("v2")], { base: "staging" });
      assertSame((await target.write([staged])).map(kindOf), ["written"], "results");
      assertSame(await subject.readFile("main", VALUES), FILES[VALUES], "main");
      const text = await subject.readFile("staging", VALUES);
      assertSame(text, "image:\n  tag: v2 # keep\n", "staging");
    },
  },
  {
    name: "creates a branch to push from its base",
    async check(subject): Promise<void> {
      const { target, repository } = subject;
      const proposed = change(repository, "web", [setTag("v2")], { branch: "update-web" });
      assertSame((await target.write([proposed])).map(kindOf), ["written"], "results");
      assertSame(await subject.readFile("main", VALUES), FILES[VALUES], "main");
      const text = await subject.readFile("update-web", VALUES);
      assertSame(text, "image:\n  tag: v2 # keep\n", "update-web");
    },
  },
  {
    name: "reads and edits a branch to push that is there already, and keeps its commits",
    async check(subject): Promise<void> {
      const { target, repository } = subject;
      const at = { branch: "update-web" };
      await target.write([change(repository, "web", [setTag("v2")], at)]);
      const { application, settings, location } = change(repository, "api", [], at);
      const [read] = await target.read([{ application, settings, location, paths: [VALUES] }]);
      const bytes = read?.kind === "read" ? read.files.get(VALUES) : undefined;
      const text = utf8.encode(bytes ?? new Uint8Array());
      assertSame(text, "image:\n  tag: v2 # keep\n", "file read");
      await target.write([change(repository, "api", [override("api", "v3")], at)]);
      const messages = await subject.messages("update-web");
      assertSame(messages, ["update api", "update web"], "messages");
    },
  },
  {
    name: "says branch-not-found for a base that does not exist",
    async check({ target, repository }): Promise<void> {
      const lost = change(repository, "web", [setTag("v2")], { base: "nowhere" });
      const [result] = await target.write([lost]);
      assertSame(codeOf(result), "branch-not-found", "code");
    },
  },
  {
    name: "fails only the changes of a repository that does not exist",
    async check({ target, repository }): Promise<void> {
      const results = await target.write([
        change(`${repository}-missing`, "web", [setTag("v2")]),
        change(repository, "api", [override("api", "v3")]),
      ]);
      assertSame(results.map(kindOf), ["failed", "written"], "results");
    },
  },
];

function cancelClause(signal: CancelSignal): Clause {
  return {
    name: "says cancelled and writes nothing with an aborted signal",
    async check(subject): Promise<void> {
      const { target, repository } = subject;
      const wanted = change(repository, "web", [setTag("v2")]);
      const [written] = await target.write([wanted], { signal });
      assertSame(codeOf(written), "cancelled", "write");
      assertSame(await subject.messages("main"), [], "messages");
    },
  };
}

function change(
  repository: string,
  name: string,
  edits: readonly FileEdit[],
  location: Partial<WriteBackLocation> = {},
): WriteBackChange & { readonly location: WriteBackLocation } {
  return {
    application: { name, namespace: "argocd" },
    settings: GIT,
    location: { repository, ...location },
    edits,
    message: `update ${name}`,
  };
}

function setTag(value: string): FileEdit {
  return { kind: "helm-values", path: VALUES, changes: [{ path: "image.tag", value }] };
}

function override(name: string, value: string): FileEdit {
  const parameters = [{ name: "image.tag", value, forceString: true }];
  const path = `apps/${name}/.argocd-source-${name}.yaml`;
  return { kind: "argocd-source", path, changes: { helm: { parameters } } };
}

function kindOf(result: WriteResult | undefined): string {
  return result?.kind ?? "missing";
}

function codeOf(result: WriteResult | undefined): string | undefined {
  return result?.kind === "failed" ? result.error.code : kindOf(result);
}
