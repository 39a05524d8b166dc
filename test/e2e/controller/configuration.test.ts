import { describe, expect, it } from "vitest";
import { parseBindAddress } from "../../../examples/controller/src/bind-address.js";
import { createApplicationFilter } from "../../../examples/controller/src/application-filter.js";
import {
  readConfiguration,
  type Configuration,
} from "../../../examples/controller/src/configuration.js";
import { UsageError } from "../../../examples/controller/src/flags.js";
import { parseLabelSelector } from "../../../examples/controller/src/label-selector.js";
import { parseDuration } from "../../../examples/controller/src/parse-duration.js";

describe("the configuration", () => {
  it("has upstream's defaults", () => {
    expect(readConfiguration([], {})).toMatchObject({
      schedule: { intervalMs: 120_000, jitter: 0.1 },
      once: false,
      dryRun: false,
      warmUp: true,
      concurrency: 10,
      source: { kind: "cluster" },
      events: true,
      registriesConf: { kind: "file", path: "/app/config/registries.conf", isRequired: false },
      commit: {
        template: { kind: "file", path: "/app/config/commit.template", isRequired: false },
        author: { name: "argocd-image-updater", email: "noreply@argoproj.io" },
        signOff: false,
        method: "git",
      },
      logging: { level: "info", format: "text" },
      metrics: "off",
      health: { port: 8081 },
      leaderElection: {},
      webhooks: "off",
      warnings: [],
    });
  });

  it.each<[string, readonly string[], Record<string, string>, Partial<Configuration>]>([
    ["an interval of 0 is one cycle", ["--interval=0"], {}, { once: true, warmUp: false }],
    ["one cycle has no servers and no lease", ["--once", "--enable-webhook"], {}, OFF()],
    [
      "a negative interval is kept",
      ["--interval=-1s"],
      {},
      { once: false, schedule: { intervalMs: -1000, jitter: 0.1 } },
    ],
    ["a folder needs no lease", ["--applications-dir=apps"], {}, { leaderElection: "off" }],
    [
      "the variable of events disables them",
      [],
      { IMAGE_UPDATER_KUBE_EVENTS: "true" },
      NO_EVENTS(),
    ],
    ["namespaces are a list", ["--watch-namespaces=a, b,"], {}, { watchedNamespaces: ["a", "b"] }],
    ["a star is all namespaces", ["--watch-namespaces=a,*"], {}, { watchedNamespaces: "all" }],
    [
      "a config map has a namespace",
      ["--registries-conf-config-map=argocd/conf"],
      {},
      { registriesConf: { kind: "config-map", namespace: "argocd", name: "conf" } },
    ],
    [
      "a given file must be there",
      ["--registries-conf-path=a.conf"],
      {},
      { registriesConf: { kind: "file", path: "a.conf", isRequired: true } },
    ],
  ])("%s", (_, args, environment, expected) => {
    expect(readConfiguration(args, environment)).toMatchObject(expected);
  });

  it("names nobody who is named by half", () => {
    expect(readConfiguration(["--git-commit-email="], {}).commit.author).toBeUndefined();
  });

  it("warns of a short interval", () => {
    expect(readConfiguration(["--interval=30s"], {}).warnings).toEqual([
      "an interval of 30s asks registries often; 1m or more is better",
    ]);
  });

  it("warns of webhooks that nobody may send", () => {
    expect(readConfiguration(["--enable-webhook"], {}).warnings).toHaveLength(1);
    const open = ["--enable-webhook", "--webhook-require-secret=false"];
    expect(readConfiguration(open, {}).warnings).toEqual([]);
  });

  it("reads webhook secrets from upstream's variables", () => {
    const environment = {
      ENABLE_WEBHOOK: "true",
      GHCR_WEBHOOK_SECRET: "one",
      ACR_WEBHOOK_SECRET: "two",
    };
    expect(readConfiguration([], environment).webhooks).toMatchObject({
      port: 8082,
      requireSecret: true,
      secrets: { "ghcr.io": "one", acr: "two", harbor: "" },
      tls: { folder: "/app/config/tls", minimum: "TLSv1.3" },
    });
  });

  it("says all that is wrong at once, and what would be right", () => {
    const args = [
      "--interval=soon",
      "--max-concurrent-apps=0",
      "--loglevel=loud",
      "--once=perhaps",
      "--health-probe-bind-address=8081",
      "--interval-jitter=2",
      "--registries-conf-config-map=a/b/c",
    ];
    const read = (): unknown => readConfiguration(args, {});
    expect(read).toThrow(UsageError);
    for (const problem of [
      '--interval is "soon"; write a duration, as 90s, 2m or 1h30m',
      '--max-concurrent-apps is "0"; write a whole number from 1 to 100',
      '--loglevel is "loud"; write one of trace, debug, info, warn, warning, error',
      '--once is "perhaps"; write true or false',
      '--health-probe-bind-address is "8081"; write host:port, :port or 0',
      '--interval-jitter is "2"; write a number from 0 to 1',
      '--registries-conf-config-map is "a/b/c"; write name or namespace/name',
    ]) {
      expect(read).toThrow(problem);
    }
  });
});

function OFF(): Partial<Configuration> {
  return { webhooks: "off", health: "off", metrics: "off", leaderElection: "off", warmUp: false };
}

function NO_EVENTS(): Partial<Configuration> {
  return { events: false };
}

describe("a duration", () => {
  it.each([
    ["2m", 120_000],
    ["1h30m", 5_400_000],
    ["1.5s", 1_500],
    ["300ms", 300],
    ["0", 0],
    ["-1s", -1_000],
    ["+1s", 1_000],
  ])("of %s is %d ms", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(["", "2", "m", "2 m", "2d", "1h-30m", "--1s"])("is not %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe("a bind address", () => {
  it.each([
    ["0", "off"],
    ["", "off"],
    [":8081", { port: 8081 }],
    ["127.0.0.1:0", { host: "127.0.0.1", port: 0 }],
    ["[::1]:80", { host: "::1", port: 80 }],
    ["8081", undefined],
    [":70000", undefined],
    ["a:b", undefined],
  ])("of %j is %j", (text, expected) => {
    expect(parseBindAddress(text)).toEqual(expected);
  });
});

describe("a label selector", () => {
  const labels = { stage: "test", team: "web", "example.com/tier": "1" };

  it.each([
    ["", true],
    ["stage=test", true],
    ["stage==test", true],
    ["stage=prod", false],
    ["stage!=prod", true],
    ["absent!=prod", true],
    ["stage", true],
    ["!stage", false],
    ["!absent", true],
    ["stage in (prod, test)", true],
    ["stage in (prod)", false],
    ["absent in (prod)", false],
    ["stage notin (prod)", true],
    ["absent notin (prod)", true],
    ["stage in (prod,test),team=web,example.com/tier=1", true],
    ["stage in (prod,test),team=api", false],
    ["toString", false],
  ])("%j selects: %s", (text, expected) => {
    expect(parseLabelSelector(text)?.(labels)).toBe(expected);
  });

  it.each(["stage in prod", "=test", "a=b=c", "a,,b", "in (a)"])("is not %j", (text) => {
    expect(parseLabelSelector(text)).toBeUndefined();
  });
});

describe("the filter of Applications by annotations", () => {
  const manifest = { metadata: { name: "web-1", labels: { stage: "test" } } };

  it.each([
    [[], "", true],
    [["web-*"], "", true],
    [["api", "web-?"], "", true],
    [["web"], "", false],
    [["web-*"], "stage=prod", false],
    [["web-*"], "stage=test", true],
  ])("with names %j and labels %j keeps it: %s", (names, labels, expected) => {
    expect(createApplicationFilter({ names, labels })(manifest)).toBe(expected);
  });

  it("refuses a glob and a selector that are wrong", () => {
    expect(() => createApplicationFilter({ names: ["[a"], labels: "" })).toThrow(UsageError);
    expect(() => createApplicationFilter({ names: [], labels: "a in b" })).toThrow(UsageError);
  });
});
