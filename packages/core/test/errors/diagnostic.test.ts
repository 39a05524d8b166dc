import { describe, expect, it } from "vitest";
import {
  formatDiagnostic,
  hasErrors,
  type Diagnostic,
  type DiagnosticLocation,
  type DiagnosticSeverity,
} from "../../src/errors/diagnostic.js";

function diagnostic(severity: DiagnosticSeverity, where: DiagnosticLocation = {}): Diagnostic {
  return { severity, code: "invalid-yaml", where, message: "this is wrong" };
}

describe("formatDiagnostic", () => {
  it.each<[DiagnosticLocation, string]>([
    [{}, "error: this is wrong"],
    [{ image: "web" }, "error: (web): this is wrong"],
    [{ annotation: "a.io/web.allow-tags" }, "error: a.io/web.allow-tags: this is wrong"],
    [
      { application: "argocd/shop", annotation: "a.io/image-list", image: "web", offset: 4 },
      "error: argocd/shop a.io/image-list (web): this is wrong",
    ],
    [
      { file: "registries.conf", field: "registries[1].prefix", host: "ghcr.io" },
      "error: registries.conf registries[1].prefix ghcr.io: this is wrong",
    ],
  ])("writes %j as %j", (where, expected) => {
    expect(formatDiagnostic(diagnostic("error", where))).toBe(expected);
  });

  it("begins with the severity", () => {
    expect(formatDiagnostic(diagnostic("warning"))).toBe("warning: this is wrong");
    expect(formatDiagnostic(diagnostic("info"))).toBe("info: this is wrong");
  });
});

describe("hasErrors", () => {
  it.each<[DiagnosticSeverity[], boolean]>([
    [[], false],
    [["info", "warning"], false],
    [["warning", "error"], true],
  ])("of %j is %s", (severities, expected) => {
    expect(hasErrors(severities.map((severity) => diagnostic(severity)))).toBe(expected);
  });
});
