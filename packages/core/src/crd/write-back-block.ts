import type { Diagnostic } from "../errors/diagnostic.js";
import { mergeWriteBack } from "../policy/merge-write-back.js";
import { FORGES } from "../policy/parse-pull-request.js";
import type { WriteBackSettingName } from "../policy/parse-write-back.js";
import type { PullRequestConfig, WriteBackConfig } from "../policy/write-back-config.js";
import type { Findings } from "./findings.js";
import { describeValue, openField, type Field, type Mapping } from "./mapping.js";
import { readText, readTexts } from "./read-values.js";
import type { Block, SettingPlace } from "./settings-block.js";

/** Write-back settings that the resource hands down to its references. */
export type WriteBackBlock = Block<WriteBackConfig, WriteBackSettingName>;

type Places = ReadonlyMap<WriteBackSettingName, SettingPlace>;

/** Reads `writeBackConfig` of a level, and lays it over that of the broader one. */
export function readWriteBack(
  findings: Findings,
  level: Mapping,
  broader?: WriteBackBlock,
): WriteBackBlock {
  const own = readLevel(findings, level);
  return {
    settings: mergeWriteBack(broader?.settings, own.settings),
    places: new Map([...(broader?.places ?? []), ...own.places]),
  };
}

const GIT_FIELDS = ["repository", "branch", "writeBackTarget", "pullRequest"] as const;
const NOTHING: WriteBackBlock = { settings: {}, places: new Map() };

function readLevel(findings: Findings, level: Mapping): WriteBackBlock {
  const block = openField(findings, level, "writeBackConfig", ["method", "gitConfig"]);
  if (block === undefined) return NOTHING;
  if (block.problem !== undefined) return broken(["method", ...GIT_FIELDS], block);
  const method = readMethod(findings, block.value);
  const git = openField(findings, block.value, "gitConfig", GIT_FIELDS);
  const gitBlock = git === undefined ? NOTHING : readGit(findings, git);
  return {
    settings: { method: method?.value, gitConfig: gitBlock.settings.gitConfig },
    places: new Map([...placed({ method }), ...gitBlock.places]),
  };
}

const METHOD = /^(?:argocd|git|git:[a-zA-Z0-9][a-zA-Z0-9-._/:]*)$/u;

function readMethod(findings: Findings, block: Mapping): Field<string> | undefined {
  const method = readText(findings, block, "method");
  if (method?.value === undefined || METHOD.test(method.value)) return method;
  const message = `${describeValue(method.value)} is not a write-back method; write "argocd", "git", "git:repocreds" or "git:secret:name"`;
  const problem = findings.report(method.path, message, { code: "invalid-write-back-method" });
  return { path: method.path, problem };
}

function readGit(findings: Findings, block: Field<Mapping>): WriteBackBlock {
  if (block.problem !== undefined) return broken(GIT_FIELDS, block);
  const repository = readText(findings, block.value, "repository");
  const branch = readText(findings, block.value, "branch");
  const writeBackTarget = readText(findings, block.value, "writeBackTarget");
  const review = openField(findings, block.value, "pullRequest", [...FORGES, "labels"]);
  const pullRequest = review && readPullRequest(findings, review);
  const labels = review && { path: `${review.path}.labels` };
  return {
    settings: {
      gitConfig: {
        repository: repository?.value,
        branch: branch?.value,
        writeBackTarget: writeBackTarget?.value,
        pullRequest: pullRequest?.value,
      },
    },
    places: placed({ repository, branch, writeBackTarget, pullRequest, pullRequestLabels: labels }),
  };
}

function readPullRequest(findings: Findings, block: Field<Mapping>): Field<PullRequestConfig> {
  const { path, value: fields } = block;
  if (fields === undefined) return { path, problem: block.problem };
  const labels = readTexts(findings, fields, "labels");
  const forges = FORGES.map((forge) => [forge, openField(findings, fields, forge, [])] as const);
  const problem: Diagnostic | undefined =
    labels?.problem ?? forges.find(([, forge]) => forge?.problem)?.[1]?.problem;
  if (problem !== undefined) return { path, problem };
  const set = forges.flatMap(([name, forge]) => (forge === undefined ? [] : [[name, {}] as const]));
  const value: PullRequestConfig = { ...Object.fromEntries(set), labels: labels?.value };
  return { path, value };
}

function broken(
  names: readonly WriteBackSettingName[],
  { path, problem }: SettingPlace,
): WriteBackBlock {
  return { settings: {}, places: new Map(names.map((name) => [name, { path, problem }])) };
}

function placed(
  fields: Readonly<Partial<Record<WriteBackSettingName, SettingPlace | undefined>>>,
): Places {
  const names: readonly WriteBackSettingName[] = ["method", ...GIT_FIELDS, "pullRequestLabels"];
  return new Map(
    names.flatMap((name) => {
      const place = fields[name];
      return place === undefined ? [] : [[name, place] as const];
    }),
  );
}
