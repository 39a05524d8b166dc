import { expect, it } from "vitest";
import { executeTemplate, parseTemplate, stringValue, structValue } from "../src/index.js";

it("renders what the README shows", () => {
  // #region use
  const template = parseTemplate(`{{ printf "%-6s" .Name }}|{{ len .Name }}`);
  const text = executeTemplate(template, structValue("main.data", { Name: stringValue("web") }));
  // #endregion use
  expect(text).toBe("web   |3");
});
