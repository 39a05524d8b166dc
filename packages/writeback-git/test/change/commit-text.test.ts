import type { WriteBackChange } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import {
  authorOf,
  commitIdentity,
  messageOfChanges,
  splitMessage,
  tidyCommitMessage,
} from "../../src/change/commit-text.js";
import { change } from "../changes.js";

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
  });
});

it.each([
  ["subject\n", "subject", ""],
  ["subject\n\nbody\n\nmore\n", "subject", "body\n\nmore"],
  ["subject\nright below\n", "subject", "right below"],
  ["subject\n\n  indented\n", "subject", "  indented"],
])("takes %j apart", (message, subject, body) => {
  expect(splitMessage(message)).toEqual({ subject, body });
});

const named = (name: string, message: string, namespace = "argocd"): WriteBackChange =>
  change(name, { repository: "https://example.com/a.git" }, [], {
    application: { name, namespace },
    message,
  });

describe("the message of one commit for several changes", () => {
  it("is the only one's own", () => {
    expect(messageOfChanges([named("a", "title\nbelow\n\n\nmore")])).toBe("title\nbelow\n\nmore\n");
  });

  it("counts applications and says what each message says below its title", () => {
    const changes = [
      named("a", "build: automatic update of a\n\nupdates image x tag '1' to '2'\n"),
      named("a", "build: automatic update of a\n\nupdates image x tag '1' to '3'\n", "other"),
      named("b", "only a title"),
    ];
    expect(messageOfChanges(changes)).toBe(
      "build: automatic update of 3 applications\n\n" +
        "updates image x tag '1' to '2'\n\nupdates image x tag '1' to '3'\n\nonly a title\n",
    );
  });

  it("keeps the title where all are of one application", () => {
    const changes = [named("a", "title\n\none"), named("a", "other title\n\ntwo")];
    expect(messageOfChanges(changes)).toBe("title\n\none\n\ntwo\n");
  });
});

describe("the author of a commit", () => {
  const bot = { name: "Bot", email: "bot@example.com" };
  const one = { name: "One", email: "one@example.com" };
  const by = (author: WriteBackChange["author"]): WriteBackChange =>
    change("app", { repository: "https://example.com/a.git" }, [], { author });

  it.each([
    [[undefined], bot],
    [[one], one],
    [[{ name: "One", email: " " }], bot],
    [[{ name: "", email: one.email }], bot],
    [[one, { ...one }], one],
    [[one, undefined], bot],
    [[undefined, one], bot],
    [[one, { ...one, name: "Two" }], bot],
  ])("of %j is %j", (authors, expected) => {
    expect(authorOf(authors.map(by), bot)).toEqual(expected);
  });
});
