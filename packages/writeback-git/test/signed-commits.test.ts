import { CredentialError } from "@image-updater/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GitWriteBackSettings } from "../src/git-write-back-settings.js";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";
import { change, codeOf, localGit, messageOf, override } from "./changes.js";

const ARMOURED = "-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----";

let server: GitTestServer;
let url: string;
let name: string;
let count = 0;

beforeAll(async () => {
  server = await startGitServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  count += 1;
  name = `signed-${count}`;
  ({ url } = await server.createRepository(name, { branches: { main: { "a.txt": "a" } } }));
});

const write = (
  settings: GitWriteBackSettings,
  ...applications: readonly string[]
): ReturnType<ReturnType<typeof localGit>["write"]> =>
  localGit(settings).write(
    applications.map((application) =>
      change(application, { repository: url }, [override(`${application}.yaml`, "v2")]),
    ),
  );
const commitBytes = async (revision = "main"): Promise<string> =>
  (await server.git(name, ["cat-file", "commit", revision])).toString();

describe("a signature", () => {
  it.each([
    ["as it is", ARMOURED],
    ["with a line feed at its end", `${ARMOURED}\n`],
    ["with the line ends of Windows", ARMOURED.replaceAll("\n", "\r\n")],
  ])("stands after the committer, %s, and is of everything else", async (_title, signature) => {
    const payloads: string[] = [];
    const sign = async (payload: Uint8Array): Promise<string> => {
      payloads.push(Buffer.from(payload).toString());
      return signature;
    };
    await write({ signer: { sign } }, "app");
    const header = `gpgsig ${ARMOURED.replaceAll("\n", "\n ")}\n`;
    const bytes = await commitBytes();
    expect(bytes).toMatch(/\ncommitter [^\n]+\ngpgsig /u);
    expect(bytes).toContain(`${header}\nbuild: automatic update of app\n`);
    expect(payloads).toEqual([bytes.replace(header, "")]);
    await server.fsck(name);
  });

  it.each([
    ["", "armoured"],
    ["abc", "armoured"],
    [`${ARMOURED}\n\nx`, "armoured"],
    ["-----BEGIN SSH SIGNATURE-----\na\0b\n-----END SSH SIGNATURE-----", "armoured"],
  ])("that is none, %j, fails the change, and nothing is pushed", async (signature, words) => {
    const [result] = await write({ signer: { sign: async () => signature } }, "app");
    expect(codeOf(result)).toBe("signing-failed");
    expect(messageOf(result)).toContain(words);
    expect(messageOf(result)).toContain(url);
    expect(await server.log(name, "main")).toHaveLength(1);
  });

  it.each([
    [new CredentialError("unavailable", "no key today", { reference: "key" }), "no key today"],
    [new RangeError("broken"), "broken"],
    ["nothing", "nothing"],
  ])("that cannot be made, %o, fails the change", async (reason, words) => {
    const sign = (): Promise<string> => Promise.reject(reason);
    const [result] = await write({ signer: { sign } }, "app");
    expect(codeOf(result)).toBe("signing-failed");
    expect(messageOf(result)).toContain(words);
    expect(await server.log(name, "main")).toHaveLength(1);
  });

  it("that fails once fails one change only, and the others are signed", async () => {
    let calls = 0;
    const sign = async (): Promise<string> => {
      calls += 1;
      if (calls === 2) throw new Error("busy");
      return ARMOURED;
    };
    const results = await write({ signer: { sign } }, "one", "two", "three");
    expect(results.map(codeOf)).toEqual(["written", "signing-failed", "written"]);
    expect(await server.log(name, "main")).toHaveLength(3);
    expect(await server.readFile(name, "main", "two.yaml")).toBeUndefined();
    expect(await commitBytes("main")).toContain("gpgsig");
    expect(await commitBytes("main~1")).toContain("gpgsig");
    await server.fsck(name);
  });

  it("that fails fails all changes of one commit", async () => {
    const sign = (): Promise<string> => Promise.reject(new Error("busy"));
    const results = await write({ signer: { sign }, commits: "one" }, "one", "two");
    expect(results.map(codeOf)).toEqual(["signing-failed", "signing-failed"]);
    expect(await server.log(name, "main")).toHaveLength(1);
  });

  it("is not asked for when nothing changes", async () => {
    const sign = (): Promise<string> => Promise.reject(new Error("not now"));
    const results = await localGit({ signer: { sign } }).write([
      change("app", { repository: url }, []),
    ]);
    expect(results).toEqual([{ kind: "unchanged" }]);
  });
});

describe("a sign-off", () => {
  const trailer = "\n\nSigned-off-by: Bot <bot@example.com>\n";

  it("is of whoever commits", async () => {
    const author = { name: "Bot", email: "bot@example.com" };
    await write({ signOff: true, author }, "app");
    expect((await commitBytes()).endsWith(`update of app${trailer}`)).toBe(true);
    await localGit({ signOff: true }).write([
      change("other", { repository: url }, [override("other.yaml", "v2")], { author }),
    ]);
    expect((await commitBytes()).endsWith(`update of other${trailer}`)).toBe(true);
    await write({ author }, "none");
    expect((await commitBytes()).endsWith("update of none\n")).toBe(true);
  });
});
