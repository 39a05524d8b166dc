import type { WriteBackChange } from "@image-updater/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bodyOfClosed,
  isClosedByUs,
  isSameBody,
  requestText,
  titleToSet,
} from "../../src/forge/request-text.js";
import { change } from "../changes.js";

const saying = (message: string, name = "app"): WriteBackChange =>
  change(name, { repository: "https://git.example.com/a/b" }, [], { message });

describe("the text of a pull request", () => {
  it.each([
    ["a title\n\nthe rest\nof it\n", "a title", "the rest\nof it"],
    ["a title\nright below\n", "a title", "right below"],
    ["only a title", "only a title", ""],
    ["\n\nlate\n", "late", ""],
    ["", "chore: update images for argocd/app", ""],
    [" \n", "chore: update images for argocd/app", ""],
  ])("of the message %o has the title %s", (message, title, body) => {
    expect(requestText([saying(message)])).toEqual({ title, body });
  });

  it("is cut where forges end", () => {
    const text = requestText([saying(`${"t".repeat(300)}\n\n${"b".repeat(70_000)}`)]);
    expect(text.title).toBe("t".repeat(255));
    expect(text.body).toBe("b".repeat(65_536));
  });

  it("is not cut inside of a character", () => {
    const { title } = requestText([saying(`${"t".repeat(254)}🙂`)]);
    expect(title).toBe("t".repeat(254));
  });

  it("of several changes names each, with its body or else its title", () => {
    const text = requestText([saying("one\n\nfirst", "a"), saying("two", "b"), saying("", "c")]);
    expect(text.title).toContain("3 applications");
    expect(text.body).toBe(
      "### argocd/a\n\nfirst\n\n### argocd/b\n\ntwo\n\n### argocd/c\n\nchore: update images for argocd/c",
    );
  });

  it("never is longer than allowed", () => {
    const unit = fc.constantFrom("a", "\n", "🙂", " ");
    const message = fc.string({ unit, minLength: 200, maxLength: 600 });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 3 }), (messages) => {
        const { title } = requestText(messages.map((one) => saying(one)));
        expect(title.length).toBeLessThanOrEqual(255);
        expect(title).not.toBe("");
        expect(Buffer.from(title).toString("utf8")).toBe(title);
      }),
    );
  });
});

describe("the title to set", () => {
  it.each([
    ["an update", "an update", undefined],
    ["an update ", "an update", undefined],
    ["another", "an update", "an update"],
    ["Draft: an update", "an update", undefined],
    ["WIP: an update", "an update", undefined],
    ["[WIP] another", "an update", "[WIP] an update"],
    ["draft: another", "an update", "draft: an update"],
    ["drafting another", "an update", "an update"],
  ])("over %o is, for %o, %o", (present, wanted, title) => {
    expect(titleToSet(present, wanted)).toBe(title);
  });

  it("is right once it is set, however long", () => {
    const wanted = "t".repeat(255);
    const title = titleToSet("Draft: x", wanted) ?? "";
    expect(title).toHaveLength(255);
    expect(titleToSet(title, wanted)).toBeUndefined();
  });
});

describe("a body", () => {
  it.each([
    ["a\nb", "a\r\nb\n", true],
    ["", "\n", true],
    ["a", "b", false],
    ["a b", "a  b", false],
  ])("%o says the same as %o: %s", (left, right, same) => {
    expect(isSameBody(left, right)).toBe(same);
  });

  it.each(["", "some text", "x".repeat(65_536)])("is known to be closed by us", (body) => {
    const closed = bodyOfClosed(body);
    expect(isClosedByUs(body)).toBe(false);
    expect(isClosedByUs(`${closed}\r\n`)).toBe(true);
    expect(closed.length).toBeLessThanOrEqual(65_536);
    expect(bodyOfClosed(closed)).toBe(closed);
  });
});
