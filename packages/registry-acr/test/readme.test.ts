import { createUpdater, type Updater } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { acrCredentials, acrLogin, createAcrRegistry, rrsaRole } from "@image-updater/registry-acr";
import { createOciRegistry } from "@image-updater/registry-oci";
import { expect, it } from "vitest";

it("shows an updater for images on ACR and elsewhere", () => {
  // #region use
  const acr = createAcrRegistry({
    credentials: acrCredentials({ source: rrsaRole() }),
    tagTimes: "openapi",
  });
  const updater: Updater = createUpdater({
    registries: [acr, createOciRegistry()],
    writeBack: [],
    clock: systemClock(),
  });
  // #endregion use
  expect(updater).toBeDefined();
});

it("shows a custom domain with a fixed password", () => {
  const password = "from a secret";
  // #region password
  const acr = createAcrRegistry({
    hosts: ["images.example.com"],
    credentials: acrLogin({ username: "robot@acme", password }),
  });
  // #endregion password
  const host = "images.example.com";
  expect(acr.serves({ host, path: "team/app", apiUrl: `https://${host}` })).toBe(true);
});

it("shows a source of access keys of one's own", async () => {
  const vault = { readKey: async () => ({ id: "LTAI1", secret: "s" }) };
  // #region source
  const credentials = acrCredentials({
    source: async () => {
      const { id, secret } = await vault.readKey();
      return { accessKeyId: id, accessKeySecret: secret };
    },
  });
  // #endregion source
  expect(Object.keys(credentials)).toEqual(["forRepository", "describeTags"]);
});
