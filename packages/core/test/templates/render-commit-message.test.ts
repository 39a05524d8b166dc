import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  defaultCommitTemplate,
  renderCommitMessage,
  type CommitMessageData,
} from "../../src/templates/render-commit-message.js";
import { splitImage, vectorsOf } from "./vector-changes.js";

const data: CommitMessageData = {
  applicationName: "guestbook",
  changes: [
    {
      image: "foo/bar",
      oldTag: "1.0",
      newTag: "1.1",
      labels: { "org.example.rev": "abc", v: "1" },
    },
    { image: "bar/baz", oldTag: "2", newTag: "2.1" },
  ],
};

const defaultMessage =
  "build: automatic update of guestbook\n\n" +
  "updates image foo/bar tag '1.0' to '1.1'\n" +
  "updates image bar/baz tag '2' to '2.1'\n";

describe("renderCommitMessage", () => {
  it.each(vectorsOf("commit-template"))("keeps $id", ({ input, expected }) => {
    const { value } = renderCommitMessage(input.template, {
      applicationName: input.appName ?? "",
      changes: input.changes.map(({ image, oldTag, newTag }) => {
        return { image: splitImage(image).name, oldTag, newTag };
      }),
    });
    expect(value).toBe(expected);
  });

  it("uses the default template without one", () => {
    expect(renderCommitMessage(undefined, data)).toEqual({
      value: defaultMessage,
      diagnostics: [],
    });
    expect(renderCommitMessage(defaultCommitTemplate, data).value).toBe(defaultMessage);
  });

  it.each([
    ["{{range .AppChanges}}{{.Labels.v}}|{{end}}", "1|<no value>|"],
    ['{{range .AppChanges}}{{index .Labels "org.example.rev"}}|{{end}}', "abc||"],
    [
      "{{range .AppChanges}}{{len .Labels}}{{with .Labels}}{{.v}}{{else}}none{{end}}|{{end}}",
      "21|0none|",
    ],
    [
      "{{range $k, $v := (index .AppChanges 0).Labels}}{{$k}}={{$v}};{{end}}",
      "org.example.rev=abc;v=1;",
    ],
    ["{{.}}", "{guestbook [{foo/bar 1.0 1.1 map[org.example.rev:abc v:1]} {bar/baz 2 2.1 map[]}]}"],
    ["  {{.AppName}}\n\n", "  guestbook\n\n"],
  ])("renders %j", (template, value) => {
    expect(renderCommitMessage(template, data)).toEqual({ value, diagnostics: [] });
  });

  it.each([
    [
      "a\n {{.Nope}}",
      5,
      'commit message template at line 2, column 4: there is no field ".Nope" here, only .AppName, .AppChanges',
    ],
    [
      "{{if .AppName}}",
      15,
      'commit message template at line 1, column 16: unexpected end of the template before the "{{end}}" of a block',
    ],
  ])("falls back on %j and says where", (template, offset, message) => {
    expect(renderCommitMessage(template, data)).toEqual({
      value: "build: update of application guestbook",
      diagnostics: [{ severity: "warning", code: "invalid-template", where: { offset }, message }],
    });
  });

  it.each(["", " \n", "{{if 0}}x{{end}}"])("has a text even if %j gives none", (template) => {
    const { value, diagnostics } = renderCommitMessage(template, data);
    expect(value).toBe("Update parameters");
    expect(diagnostics.map(({ code }) => code)).toEqual(["invalid-template"]);
  });

  it("always gives a message", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, inside) => {
        const { value } = renderCommitMessage(`${before}{{${inside}}}`, data);
        expect(value?.trim()).toBeTruthy();
      }),
    );
  });
});
