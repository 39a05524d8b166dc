import type { CommitAuthor } from "@image-updater/core";
import type { WebhookKind } from "@image-updater/core/webhooks";
import type { BindAddress } from "./bind-address.js";
import { readFlags, UsageError, type GivenFlags } from "./flags.js";
import { createFlagReader, type FlagReader } from "./flag-reader.js";
import type { LogFormat, LogThreshold } from "./logging.js";
import type { Schedule } from "./schedule.js";

/** Everything the controller was told, checked. */
export interface Configuration {
  readonly schedule: Pick<Schedule, "intervalMs" | "jitter">;
  readonly once: boolean;
  readonly dryRun: boolean;
  readonly warmUp: boolean;
  /** Applications, and repositories, at the same time. */
  readonly concurrency: number;
  /** Where manifests come from. */
  readonly source:
    | { readonly kind: "folder"; readonly path: string }
    | { readonly kind: "cluster"; readonly kubeconfig?: string | undefined };
  /** Namespace of Argo CD; undefined: the controller's own. */
  readonly argoCdNamespace?: string | undefined;
  /** Undefined: the controller's own. */
  readonly watchedNamespaces?: readonly string[] | "all" | undefined;
  /** Whose Applications may name programs and variables of this process as credentials. */
  readonly trustedNamespaces: readonly string[];
  /** Which Applications are looked at for their annotations; empty: all. */
  readonly match: { readonly names: readonly string[]; readonly labels: string };
  readonly events: boolean;
  readonly registriesConf: TextLocation;
  readonly commit: CommitConfiguration;
  /** Whether Git repositories may be reached by plain `http://`. */
  readonly allowHttp: boolean;
  /** File of keys of SSH servers. */
  readonly knownHosts: Extract<TextLocation, { kind: "file" }>;
  /** Folder of certificates to trust for Git, by host. */
  readonly gitCertificates: string;
  /** Folder of certificate authorities of registries, each file named like a host. */
  readonly registryCertificates: string;
  readonly logging: { readonly level: LogThreshold; readonly format: LogFormat };
  readonly metrics: BindAddress | "off";
  readonly health: BindAddress | "off";
  readonly leaderElection: { readonly namespace?: string | undefined } | "off";
  readonly webhooks: WebhookConfiguration | "off";
  /** Things that are allowed and probably not meant. */
  readonly warnings: readonly string[];
}

/** A text that is read again before each cycle. */
export type TextLocation =
  | {
      readonly kind: "file";
      readonly path: string;
      /** Whether somebody said that it is there. */
      readonly isRequired: boolean;
    }
  | { readonly kind: "config-map"; readonly namespace?: string | undefined; readonly name: string };

/** How commits are made. */
export interface CommitConfiguration {
  readonly template: TextLocation;
  readonly author?: CommitAuthor | undefined;
  readonly signing?: SigningConfiguration | undefined;
  readonly signOff: boolean;
  readonly method: "git" | "api";
}

/** With which key commits are signed. */
export interface SigningConfiguration {
  readonly method: "openpgp" | "ssh";
  /** File of the private key. */
  readonly keyPath: string;
  readonly passphrase?: string | undefined;
}

/** How webhooks are taken. */
export interface WebhookConfiguration {
  readonly port: number;
  readonly requireSecret: boolean;
  readonly secrets: { readonly [kind in WebhookKind]?: string };
  /** Folder of `tls.crt` and `tls.key`; absent: plain HTTP. */
  readonly tls?: { readonly folder: string; readonly minimum: "TLSv1.2" | "TLSv1.3" } | undefined;
}

/**
 * Reads flags and environment.
 *
 * @throws UsageError that names every value that is wrong and what would be right.
 */
export function readConfiguration(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Configuration {
  const flags = readFlags(args, environment);
  const reader = createFlagReader(flags);
  const configuration = convert(flags, reader);
  const problems = new Set(reader.problems);
  if (problems.size > 0) throw new UsageError([...problems].join("\n"));
  return configuration;
}

function convert(flags: GivenFlags, reader: FlagReader): Configuration {
  const intervalMs = reader.duration("interval");
  const once = reader.switch("once") || intervalMs === 0;
  return {
    schedule: { intervalMs, jitter: reader.fraction("interval-jitter") },
    once,
    dryRun: reader.switch("dry-run"),
    // A single cycle has nothing to warm up for.
    warmUp: reader.switch("warmup-cache") && !once,
    concurrency: reader.integer("max-concurrent-apps", 1, 100),
    ...readPlaces(flags, reader),
    events: !reader.switch("disable-kube-events"),
    registriesConf: readRegistriesConf(flags, reader),
    commit: readCommit(flags, reader),
    allowHttp: reader.switch("git-allow-http"),
    knownHosts: fileOf(flags, "ssh-known-hosts-path"),
    gitCertificates: flags.text("git-certificates-dir"),
    registryCertificates: flags.text("registry-certificates-dir"),
    logging: {
      level: reader.choice("loglevel", ["trace", "debug", "info", "warn", "warning", "error"]),
      format: reader.choice("logformat", ["text", "json"]),
    },
    ...readServers(flags, reader, once),
    warnings: warningsOf(flags, reader),
  };
}

/** Where manifests are, and which of them are looked at. */
function readPlaces(
  flags: GivenFlags,
  reader: FlagReader,
): Pick<
  Configuration,
  "source" | "argoCdNamespace" | "watchedNamespaces" | "trustedNamespaces" | "match"
> {
  const path = flags.text("applications-dir");
  const names = flags.texts("match-application-name").flatMap((texts) => texts.split(","));
  return {
    source:
      path === ""
        ? { kind: "cluster", kubeconfig: reader.optional("kubeconfig") }
        : { kind: "folder", path },
    argoCdNamespace: reader.optional("argocd-namespace"),
    watchedNamespaces: readNamespaces(flags.text("watch-namespaces")),
    trustedNamespaces: flags
      .text("trusted-namespaces")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    match: {
      names: names.filter((pattern) => pattern !== ""),
      labels: flags.text("match-application-label"),
    },
  };
}

/** All are read, also where one cycle or a folder has no use for them: what is wrong is said at once. */
function readServers(
  flags: GivenFlags,
  reader: FlagReader,
  once: boolean,
): Pick<Configuration, "metrics" | "health" | "leaderElection" | "webhooks"> {
  const metrics = reader.address("metrics-bind-address");
  const health = reader.address("health-probe-bind-address");
  const namespace = reader.optional("leader-election-namespace");
  const isElected = reader.switch("leader-election") && flags.text("applications-dir") === "";
  const webhooks = readWebhooks(flags, reader);
  const takesWebhooks = reader.switch("enable-webhook");
  if (once) return { metrics: "off", health: "off", leaderElection: "off", webhooks: "off" };
  return {
    metrics,
    health,
    leaderElection: isElected ? { namespace } : "off",
    webhooks: takesWebhooks ? webhooks : "off",
  };
}

function warningsOf(flags: GivenFlags, reader: FlagReader): readonly string[] {
  const intervalMs = reader.duration("interval");
  const isShort = intervalMs > 0 && intervalMs < 60_000;
  const isDeaf = reader.switch("enable-webhook") && !canTakeAny(readWebhooks(flags, reader));
  return [
    ...(isShort
      ? [`an interval of ${flags.text("interval")} asks registries often; 1m or more is better`]
      : []),
    ...(isDeaf ? ["webhooks are served, but no secret is set, so every sender is refused"] : []),
  ];
}

function canTakeAny({ requireSecret, secrets }: WebhookConfiguration): boolean {
  return !requireSecret || Object.values(secrets).some((secret) => secret !== "");
}

function readNamespaces(text: string): readonly string[] | "all" | undefined {
  const names = text.split(",").flatMap((name) => name.trim() || []);
  if (names.includes("*")) return "all";
  return names.length === 0 ? undefined : names;
}

function readRegistriesConf(flags: GivenFlags, reader: FlagReader): TextLocation {
  const text = reader.optional("registries-conf-config-map");
  if (text === undefined) return fileOf(flags, "registries-conf-path");
  const [name = "", namespace, ...more] = text.split("/").toReversed();
  if (name === "" || namespace === "" || more.length > 0) {
    reader.refuse("registries-conf-config-map", "write name or namespace/name");
  }
  return { kind: "config-map", ...(namespace === undefined ? {} : { namespace }), name };
}

function fileOf(
  flags: GivenFlags,
  name: "registries-conf-path" | "git-commit-message-path" | "ssh-known-hosts-path",
): Extract<TextLocation, { kind: "file" }> {
  return { kind: "file", path: flags.text(name), isRequired: flags.isGiven(name) };
}

function readCommit(flags: GivenFlags, reader: FlagReader): CommitConfiguration {
  const [name, email] = [flags.text("git-commit-user"), flags.text("git-commit-email")];
  const keyPath = reader.optional("git-commit-signing-key");
  const method = reader.choice("git-commit-signing-method", ["openpgp", "ssh"]);
  return {
    template: fileOf(flags, "git-commit-message-path"),
    // As upstream: who is named by half is not named.
    author: name === "" || email === "" ? undefined : { name, email },
    signing:
      keyPath === undefined
        ? undefined
        : { method, keyPath, passphrase: reader.optional("git-commit-signing-passphrase") },
    signOff: reader.switch("git-commit-sign-off"),
    method: reader.choice("git-commit-method", ["git", "api"]),
  };
}

function readWebhooks(flags: GivenFlags, reader: FlagReader): WebhookConfiguration {
  const minimum = reader.choice("tlsminversion", ["1.2", "1.3"]);
  return {
    port: reader.port("webhook-port"),
    requireSecret: reader.switch("webhook-require-secret"),
    secrets: {
      "docker.io": flags.text("docker-webhook-secret"),
      "ghcr.io": flags.text("ghcr-webhook-secret"),
      "quay.io": flags.text("quay-webhook-secret"),
      harbor: flags.text("harbor-webhook-secret"),
      "aliyun-acr": flags.text("aliyun-acr-webhook-secret"),
      acr: flags.text("acr-webhook-secret"),
      cloudevents: flags.text("cloudevents-webhook-secret"),
      ecr: flags.text("ecr-webhook-secret"),
      gar: flags.text("gar-webhook-secret"),
      gitlab: flags.text("gitlab-webhook-secret"),
      gitea: flags.text("gitea-webhook-secret"),
      distribution: flags.text("distribution-webhook-secret"),
      artifactory: flags.text("artifactory-webhook-secret"),
      nexus: flags.text("nexus-webhook-secret"),
    },
    tls: reader.switch("disable-tls")
      ? undefined
      : {
          folder: flags.text("webhook-tls-dir"),
          minimum: minimum === "1.2" ? "TLSv1.2" : "TLSv1.3",
        },
  };
}
