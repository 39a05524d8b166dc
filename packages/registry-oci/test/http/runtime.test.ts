import { createDockerHubRegistry, createOciRegistry } from "@image-updater/registry-oci";
import { Agent } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createHttpClient } from "../../src/http/http-client.js";
import { createClient, registryErrorOf, repositoryOf, startRegistry } from "../support/loopback.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("where the runtime replaces undici", () => {
  it.each([
    ["createOciRegistry", () => createOciRegistry({ dispatcher: new Agent() })],
    ["createOciRegistry", () => createDockerHubRegistry({ dispatcher: new Agent() })],
    ["createHttpClient", () => createHttpClient({ dispatcher: new Agent() })],
  ])("%s refuses a dispatcher, which would be ignored", (factory, create) => {
    expect(create).not.toThrow();
    vi.stubGlobal("Bun", {});
    expect(create).toThrow(
      new RegExp(`^${factory}: Bun ignores the setting\\(s\\) dispatcher;`, "u"),
    );
  });

  it.each([
    ["insecure", { insecure: true }],
    ["ca_file", { caFile: "/etc/ca.pem" }],
    ["ca_data", { caData: "-----BEGIN CERTIFICATE-----" }],
  ])("a registry with %s is an error of its own images, and is not asked", async (name, tls) => {
    vi.stubGlobal("Bun", {});
    const fixture = { "team/app": [{ tag: "1" }] };
    const [refused, other] = [await startRegistry({ fixture }), await startRegistry({ fixture })];
    const client = createClient({ registriesConf: [{ apiUrl: refused.url, ...tls }] });
    const error = await registryErrorOf(client.listTags(repositoryOf(refused)));
    expect(error).toMatchObject({ code: "unsupported", retryable: false });
    expect(error.message).toContain(`Bun ignores the setting(s) ${name};`);
    expect(refused.requests).toEqual([]);
    await expect(client.listTags(repositoryOf(other))).resolves.toEqual(["1"]);
  });
});
