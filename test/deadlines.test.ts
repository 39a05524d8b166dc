import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEFAULT_CREDENTIAL_TIMEOUT_MS } from "../packages/core/src/update/bounded-credentials.js";
import { DEFAULT_TIMEOUTS } from "../packages/core/src/update/deadline.js";
import * as kubernetesApi from "../packages/kubernetes/src/api/kube-config-api.js";
import { DEFAULT_LEASE_TIMES } from "../packages/kubernetes/src/leases/create-leader-election.js";
import { METADATA_TIMEOUT_MS } from "../packages/registry-acr/src/credentials/ecs-role.js";
import { DEFAULT_OPEN_API_LIMITS } from "../packages/registry-acr/src/openapi/open-api-connection.js";
import { PROGRAM_TIMEOUT_MS } from "../packages/registry-oci/src/auth/run-program.js";
import * as argocdClient from "../packages/writeback-argocd/src/api/create-argocd-api-client.js";
import * as argocd from "../packages/writeback-argocd/src/create-argocd-write-back.js";
import { TUNNEL_TIMEOUT_MS } from "../packages/writeback-git/src/access/proxy-tunnel.js";
import { API_COMMIT_TIMEOUT_MS } from "../packages/writeback-git/src/api-commit/github-api.js";
import * as gitRetry from "../packages/writeback-git/src/retry.js";
import * as git from "../packages/writeback-git/src/write/open-repository.js";
import { repositoryUrl } from "./repository-files.js";

function readText(path: string): string {
  return readFileSync(repositoryUrl(path), "utf8");
}

/** Rows of docs/deadlines.md, as their cells. */
const rows = readText("docs/deadlines.md")
  .split("\n")
  .filter((line) => /^\| .*\d \|/u.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")));

function defaultOf(setting: string, of: string): number | undefined {
  const row = rows.find(
    (cells) => cells.includes(setting) && cells.some((one) => one.startsWith(of)),
  );
  const number = row?.find((cell) => /^\d[\d ]*$/u.test(cell));
  return number === undefined ? undefined : Number(number.replaceAll(" ", ""));
}

/** Setting, of what, and what the code has. */
const CONSTANTS: readonly (readonly [string, string, number])[] = [
  ["credentialTimeoutMs", "createOciRegistry", DEFAULT_CREDENTIAL_TIMEOUT_MS],
  ["credentialTimeoutMs", "createGitWriteBack", DEFAULT_CREDENTIAL_TIMEOUT_MS],
  ["deadlineMs", "createArgoCdWriteBack", argocd.DEFAULT_DEADLINE_MS],
  ["requestTimeoutMs", "kubernetesApi", kubernetesApi.DEFAULT_REQUEST_TIMEOUT_MS],
  ["renewDeadlineMs", "createLeaderElection", DEFAULT_LEASE_TIMES.renewDeadlineMs],
  ["requestTimeoutMs", "createGitWriteBack", git.DEFAULT_REQUEST_TIMEOUT_MS],
  ["deadlineMs", "createGitWriteBack", gitRetry.DEFAULT_DEADLINE_MS],
  ["requestTimeoutMs", "createArgoCdApiClient", argocdClient.DEFAULT_REQUEST_TIMEOUT_MS],
  ["requestTimeoutMs", "acrCredentials", DEFAULT_OPEN_API_LIMITS.requestTimeoutMs],
  ["deadlineMs", "acrCredentials", DEFAULT_OPEN_API_LIMITS.deadlineMs],
  ["requestTimeoutMs", "ecsRole", METADATA_TIMEOUT_MS],
  ["no setting", "programs of ext:", PROGRAM_TIMEOUT_MS],
  ["no setting", "the tunnel of a proxy", TUNNEL_TIMEOUT_MS],
  ["no setting", "the API that makes commits on GitHub", API_COMMIT_TIMEOUT_MS],
];

/** What only a README says. */
const IN_README_ALONE: readonly (readonly [string, string])[] = [
  ["requestTimeoutMs", "createOciRegistry"],
];

describe("docs/deadlines.md", () => {
  it("has the defaults of the updater", () => {
    const documented = Object.keys(DEFAULT_TIMEOUTS).map((name) => [
      name,
      defaultOf(`timeouts.${name}`, "createUpdater"),
    ]);
    expect(Object.fromEntries(documented)).toEqual(DEFAULT_TIMEOUTS);
    expect(defaultOf("timeouts.read", "createUpdater")).toBe(DEFAULT_TIMEOUTS.writeBack);
  });

  it.each(CONSTANTS)("says of %s (%s) what the code has", (setting, of, ms) => {
    expect(defaultOf(setting, of)).toBe(ms);
  });

  it("says nothing that is compared with nothing", () => {
    const compared = Object.keys({ ...DEFAULT_TIMEOUTS, read: 0 }).length;
    expect(rows).toHaveLength(compared + CONSTANTS.length + IN_README_ALONE.length);
  });

  it.each([
    ["credentialTimeoutMs", "createOciRegistry", "packages/registry-oci/README.md"],
    ["requestTimeoutMs", "createOciRegistry", "packages/registry-oci/README.md"],
    ["credentialTimeoutMs", "createGitWriteBack", "packages/writeback-git/README.md"],
    ["requestTimeoutMs", "createGitWriteBack", "packages/writeback-git/README.md"],
    ["deadlineMs", "createGitWriteBack", "packages/writeback-git/README.md"],
    ["requestTimeoutMs", "createArgoCdApiClient", "packages/writeback-argocd/README.md"],
    ["deadlineMs", "createArgoCdWriteBack", "packages/writeback-argocd/README.md"],
    ["requestTimeoutMs", "kubernetesApi", "packages/kubernetes/README.md"],
  ])("says of %s (%s) what %s says", (setting, of, readme) => {
    const row = readText(readme)
      .split("\n")
      .find((line) => line.startsWith(`| \`${setting}\``));
    const number = /\| (\d[\d ]*\d) +\|/u.exec(row ?? "")?.[1]?.replaceAll(" ", "");
    expect(Number(number)).toBe(defaultOf(setting, of));
  });
});
