import { expect, it } from "vitest";
import { commitIdentity, tidyCommitMessage } from "../../src/change/commit-text.js";

it.each([
  ["subject", "subject\n"],
  ["subject\n\nbody\n\n\n", "subject\n\nbody\n"],
  ["\n\nsubject  \r\n\r\n\r\n\r\nbody\t", "subject\n\nbody\n"],
  ["  indented stays\n  too", "  indented stays\n  too\n"],
  ["a\0b", "ab\n"],
  ["\n \n", "Update parameters\n"],
])("stores the message %j as %j", (message, stored) => {
  expect(tidyCommitMessage(message)).toBe(stored);
});

it("keeps an identity on one line, in UTC", () => {
  const author = { name: " A <x> \nB ", email: "<a@example.com>\n" };
  expect(commitIdentity(author, new Date(1999))).toEqual({
    name: "A x B",
    email: "a@example.com",
    timestamp: 1,
    timezoneOffset: 0,
  });
});
