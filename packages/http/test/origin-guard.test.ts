import { describe, expect, it } from "vitest";
import {
  redactUrl,
  refuseApiUrl,
  refusePageLink,
  refuseRealm,
  refuseRedirect,
} from "@image-updater/http";

const https = new URL("https://registry.example.com/v2/");

describe("refuseRealm", () => {
  it.each([
    ["another https host", "https://auth.example.com/token", "https://registry.example.com"],
    ["a private range", "https://10.1.2.3/token", "https://registry.example.com"],
    ["a unique local IPv6 address", "https://[fd00::1]/token", "https://registry.example.com"],
    ["http where the registry is http", "http://auth.example.com/", "http://registry.example.com"],
    [
      "this machine where the registry is here",
      "http://127.0.0.1:1/token",
      "http://localhost:5000",
    ],
    ["link-local where the registry is", "http://169.254.1.2/t", "http://169.254.1.1"],
    ["an address that only looks local", "https://127.0.0.1.example.com/", "https://r.example.com"],
  ])("allows %s", (_, realm, registry) => {
    expect(refuseRealm(new URL(realm), new URL(registry))).toBeUndefined();
  });

  it.each([
    ["http for an https registry", "http://registry.example.com/token"],
    ["another scheme", "ftp://registry.example.com/token"],
    ["user information", "https://user:secret@registry.example.com/token"],
    ["localhost", "https://localhost/token"],
    ["localhost with a dot", "https://localhost./token"],
    ["a name below localhost", "https://x.localhost/token"],
    ["a loopback address", "https://127.9.9.9/token"],
    ["a loopback address as one number", "https://2130706433/token"],
    ["a loopback address in hexadecimal", "https://0x7f.1/token"],
    ["the unspecified address", "https://0.0.0.0/token"],
    ["IPv6 loopback", "https://[::1]/token"],
    ["IPv6 unspecified", "https://[::]/token"],
    ["IPv4 loopback mapped into IPv6", "https://[::ffff:127.0.0.1]/token"],
    ["IPv4 loopback translated to IPv6", "https://[64:ff9b::127.0.0.1]/token"],
    ["link-local", "https://169.254.169.254/latest/meta-data"],
    ["IPv6 link-local", "https://[fe80::1]/token"],
    ["IPv4 link-local mapped into IPv6", "https://[::ffff:169.254.169.254]/token"],
  ])("refuses %s", (_, realm) => {
    expect(refuseRealm(new URL(realm), https)).toEqual(expect.any(String));
  });

  it("refuses link-local addresses to a registry on this machine", () => {
    const reason = refuseRealm(
      new URL("http://169.254.169.254/"),
      new URL("http://127.0.0.1:5000"),
    );
    expect(reason).toBe("it is a link-local address");
  });
});

describe("refuseRedirect", () => {
  it.each([
    ["https://storage.example.com/blob", "https://registry.example.com", undefined],
    ["http://storage.example.com/blob", "https://registry.example.com", "it is not https"],
    ["http://127.0.0.1/blob", "http://registry.example.com", "it is an address of this machine"],
    ["http://127.0.0.1:2/blob", "http://127.0.0.1:1", undefined],
  ])("judges %s from %s", (target, from, reason) => {
    expect(refuseRedirect(new URL(target), new URL(from))).toBe(reason);
  });
});

describe("refusePageLink", () => {
  it.each([
    ["https://registry.example.com/v2/a/tags/list?last=b", undefined],
    ["https://registry.example.com:8443/v2/a/tags/list", "it leaves https://registry.example.com"],
    ["http://registry.example.com/v2/a/tags/list", "it leaves https://registry.example.com"],
    ["https://evil.example.com/v2/a/tags/list", "it leaves https://registry.example.com"],
  ])("judges %s", (link, reason) => {
    expect(refusePageLink(new URL(link), https)).toBe(reason);
  });
});

it.each([
  ["https://ghcr.io", undefined],
  ["http://localhost:5000", undefined],
  ["file:///etc/passwd", "it is neither https nor http"],
  ["https://user:pass@ghcr.io", "it holds credentials"],
])("refuseApiUrl judges %s", (url, reason) => {
  expect(refuseApiUrl(new URL(url))).toBe(reason);
});

it("redactUrl leaves user information, query and fragment out", () => {
  const url = new URL("https://user:secret@host:8443/path?X-Signature=secret#secret");
  expect(redactUrl(url)).toBe("https://host:8443/path");
});
