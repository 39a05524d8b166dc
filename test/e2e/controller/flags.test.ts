import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { FLAGS, type Flag } from "../../../examples/controller/src/flag-table.js";
import { formatFlags, readFlags, UsageError } from "../../../examples/controller/src/flags.js";

const README = new URL("../../../examples/controller/README.md", import.meta.url);

describe("the flags of the controller", () => {
  it("are what is given on the command line, else in the environment, else their defaults", () => {
    const environment = { IMAGE_UPDATER_INTERVAL: "5m", ARGOCD_NAMESPACE: "gitops" };
    const flags = readFlags(["--interval=90s"], environment);
    expect(flags.text("interval")).toBe("90s");
    expect(flags.text("argocd-namespace")).toBe("gitops");
    expect(flags.text("health-probe-bind-address")).toBe(":8081");
    expect(flags.isGiven("argocd-namespace")).toBe(true);
    expect(flags.isGiven("health-probe-bind-address")).toBe(false);
  });

  it("take an empty variable for none", () => {
    expect(readFlags([], { IMAGE_UPDATER_INTERVAL: "" }).text("interval")).toBe("2m");
  });

  it.each([
    [["--once"], "true"],
    [["--once=true"], "true"],
    [["--once=false"], "false"],
    [["run", "--once"], "true"],
    [["--once", "--interval", "1m"], "true"],
    [[], "false"],
  ])("read the switch of %j as %s", (args, text) => {
    expect(readFlags(args, {}).text("once")).toBe(text);
  });

  it("may be repeated where that means something", () => {
    const args = ["--match-application-name", "web-*", "--match-application-name=api"];
    expect(readFlags(args, {}).texts("match-application-name")).toEqual(["web-*", "api"]);
  });

  it.each([[["--no-such-flag"]], [["--interval"]], [["webhook"]], [["run", "now"]]])(
    "are refused with the whole list: %j",
    (args) => {
      const read = (): unknown => readFlags(args, {});
      expect(read).toThrow(UsageError);
      for (const { name } of FLAGS) expect(read).toThrow(`--${name}`);
    },
  );

  it("are listed one by one, with variable and default", () => {
    expect(formatFlags()).toMatch(/--interval .+ \(IMAGE_UPDATER_INTERVAL, default 2m\)/u);
    expect(formatFlags().split("\n")).toHaveLength(FLAGS.length + 1);
  });

  it("stand in the table of the README as they are", async () => {
    const rows = (await readFile(README, "utf8")).split("\n").map(cellsOf);
    const described = FLAGS.map((flag: Flag) => [
      `\`--${flag.name}\``,
      flag.environment === undefined ? "" : `\`${flag.environment}\``,
      flag.default === "" ? "" : `\`${flag.default}\``,
    ]);
    const written = rows
      .filter(([name = ""]) => name.startsWith("`--"))
      .map((row) => row.slice(0, 3));
    expect(written.slice(0, described.length)).toEqual(described);
  });
});

function cellsOf(line: string): readonly string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
