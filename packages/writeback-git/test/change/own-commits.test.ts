import { expect, it } from "vitest";
import { ownCommits } from "../../src/change/own-commits.js";
import { change } from "../changes.js";

const BOT = { name: "Bot", email: "bot@example.com" };
const NAMED = { name: "Named", email: "named@example.com" };

it.each([
  ["bot@example.com", "bot@example.com", true],
  ["named@example.com", "bot@example.com", true],
  ["bot@example.com", "somebody@example.com", false],
  ["somebody@example.com", "bot@example.com", false],
  ["", "", false],
])("a commit by %j, committed by %j, is ours: %s", (authorEmail, committerEmail, isOurs) => {
  const changes = [change("app", { repository: "https://example.com/r" }, [], { author: NAMED })];
  const commit = { tree: "", parents: [], authorEmail, committerEmail, message: "" };
  expect(ownCommits(changes, BOT)(commit)).toBe(isOurs);
});

it("nobody is known by having no address", () => {
  const nobody = { name: "Bot", email: "<>" };
  const commit = { tree: "", parents: [], authorEmail: "", committerEmail: "", message: "" };
  expect(ownCommits([], nobody)(commit)).toBe(false);
});
