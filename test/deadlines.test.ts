import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEFAULT_TIMEOUTS } from "../packages/core/src/update/deadline.js";
import { repositoryUrl } from "./repository-files.js";

function readText(path: string): string {
  return readFileSync(repositoryUrl(path), "utf8");
}

/** Rows of docs/deadlines.md: `port|setting|of|default`. */
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

describe("docs/deadlines.md", () => {
  it("has the defaults of the updater", () => {
    const documented = Object.keys(DEFAULT_TIMEOUTS).map((name) => [
      name,
      defaultOf(`timeouts.${name}`, "createUpdater"),
    ]);
    expect(Object.fromEntries(documented)).toEqual(DEFAULT_TIMEOUTS);
    expect(defaultOf("timeouts.read", "createUpdater")).toBe(DEFAULT_TIMEOUTS.writeBack);
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
