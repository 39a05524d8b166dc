import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CredentialReference } from "../../src/config/credential-reference.js";
import {
  formatCredentialReference,
  parseCredentialReference,
  parseUserPassword,
  readUserPassword,
} from "../../src/config/parse-credential-reference.js";

interface SourceVector {
  readonly id: string;
  readonly input: { readonly requireRegistryPrefix: boolean; readonly value: string };
  readonly expected: Readonly<Record<string, unknown>>;
}

interface EnvironmentVector {
  readonly id: string;
  readonly input: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

const vectors = JSON.parse(
  readFileSync(new URL("../../../../test/vectors/upstream.json", import.meta.url), "utf8"),
) as ({ readonly area: string } & (SourceVector | EnvironmentVector))[];

function asUpstream(reference: CredentialReference): Readonly<Record<string, unknown>> {
  const common = { registry: reference.registry ?? "", type: reference.kind };
  if (reference.kind === "env") return { ...common, env: reference.variable };
  if (reference.kind === "ext") return { ...common, path: reference.path };
  const field = reference.kind === "secret" ? reference.field : ".dockerconfigjson";
  return { ...common, namespace: reference.namespace, name: reference.name, field };
}

describe("credential references agree with Argo CD Image Updater", () => {
  const sources = vectors.filter(({ area }) => area === "credential-source") as SourceVector[];
  it.each(sources)("$id $input.value", ({ input, expected }) => {
    const options = { requireRegistry: input.requireRegistryPrefix };
    const { value, diagnostics } = parseCredentialReference(input.value, options);
    expect(value === undefined ? { error: true } : asUpstream(value)).toEqual(expected);
    expect(diagnostics).toHaveLength(value === undefined ? 1 : 0);
  });

  const environment = vectors.filter(
    ({ area }) => area === "credential-env",
  ) as EnvironmentVector[];
  it.each(environment)("$id", ({ input, expected }) => {
    expect(parseUserPassword(input) ?? { error: true }).toEqual(expected);
  });
});

describe("parseCredentialReference", () => {
  it.each([
    "secret:ns/n",
    "secret:ns/n#",
    "secret:ns/n#a#b",
    "secret:ns/#f",
    "pullsecret:ns",
    "pullsecret:ns/n/x",
    "ext:/a:b.sh",
    "env:",
    ":x",
    "",
    "=secret:ns/n#f",
    "secret:ns/n#f=ghcr.io",
  ])("refuses %j", (text) => {
    const { value, diagnostics } = parseCredentialReference(text);
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { severity: "error", code: "invalid-credential-reference" },
    ]);
  });

  it("warns of a script without absolute path", () => {
    const { value, diagnostics } = parseCredentialReference("ext:login.sh");
    expect(value).toEqual({ kind: "ext", path: "login.sh" });
    expect(diagnostics).toMatchObject([{ severity: "warning" }]);
  });

  it.each(["admin:hunter2", "ghcr.io=admin:hunter2", "hunter2", "env:admin:hunter2"])(
    "never repeats %s, which is a password in the wrong place",
    (text) => {
      expect(JSON.stringify(parseCredentialReference(text))).not.toContain("hunter2");
    },
  );

  it("reads what formatCredentialReference writes", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);
    const registry = { registry: word };
    const options = { requiredKeys: ["kind", "namespace", "name"] as const };
    const reference = fc.oneof(
      fc.record({ kind: fc.constant("secret"), namespace: word, name: word, field: word }),
      fc.record(
        { kind: fc.constant("pullsecret"), namespace: word, name: word, ...registry },
        { requiredKeys: [...options.requiredKeys] },
      ),
      fc.record({ kind: fc.constant("env"), variable: word, ...registry }),
      fc.record({ kind: fc.constant("ext"), path: word.map((path) => `/${path}`) }),
    ) as fc.Arbitrary<CredentialReference>;
    fc.assert(
      fc.property(reference, (input) => {
        expect(parseCredentialReference(formatCredentialReference(input)).value).toEqual(input);
      }),
    );
  });
});

describe("parseUserPassword", () => {
  it.each([
    ["foo:b:ar", { username: "foo", password: "b:ar" }],
    ["foo:bar\n", { username: "foo", password: "bar" }],
    ["foo: bar ", { username: "foo", password: " bar " }],
    ["foo:", undefined],
    ["foo:\n", undefined],
    [":bar", undefined],
    [":", undefined],
    ["bar", undefined],
  ])("of %j is %j", (text, result) => {
    expect(parseUserPassword(text)).toEqual(result);
  });
});

describe("readUserPassword refuses what would be sent as a password by mistake", () => {
  const KEY = '{\n  "type": "service_account",\n  "private_key": "x:y"\n}';

  it.each([
    ["a docker config", '{"auths":{"r.example":{"auth":"dTpw"}}}', /pullsecret:/],
    ["an old docker config", '{"r.example":{"auth":"dTpw"}}', /pullsecret:/],
    ["a docker config over lines", '\n{\n  "auths" : {}\n}\n', /pullsecret:/],
    ["what a helper prints", '{"ServerURL":"r","Username":"u","Secret":"p"}', /helper/],
    ["other JSON", '["user:password"]', /JSON/],
    ["a variable", "USER=me:secret", /variables/],
    ["an exported variable", "export REGISTRY_USER=me:secret", /variables/],
    ["a URL", "https://me:secret@r.example", /URL/],
    ["a line that a script printed before", "Logging in: please wait\nme:secret", /one line/],
    ["a line that a script printed behind", "me:secret\nDone", /one line/],
    ["a private key", "-----BEGIN KEY-----\nabc\n-----END KEY-----", /key/],
  ])("%s", (_, text, problem) => {
    const read = readUserPassword(text);
    expect(read).toEqual({ kind: "refused", problem: expect.stringMatching(problem) });
    expect(JSON.stringify(read)).not.toMatch(/dTpw|me:secret|x:y/);
    expect(parseUserPassword(text)).toBeUndefined();
  });

  it.each([
    ["a service account's key", `_json_key:${KEY}`, KEY],
    ["a key with a line break at its end", `_json_key:${KEY}\n`, KEY],
    ["an ECR token", "AWS:eyJwYXlsb2FkIjoi", "eyJwYXlsb2FkIjoi"],
    ["a robot account", "robot$team+ci:p=a:ss", "p=a:ss"],
    ["an empty user of Azure", "00000000-0000-0000-0000-000000000000:eyJ", "eyJ"],
  ])("but not %s", (_, text, password) => {
    expect(readUserPassword(text)).toMatchObject({ kind: "user", password });
  });
});
