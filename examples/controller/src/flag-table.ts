/** One setting: how it is given on the command line or in the environment. */
export interface Flag {
  /** Without the two dashes. */
  readonly name: string;
  readonly environment?: string;
  /** What holds when it is given nowhere, as text. */
  readonly default: string;
  readonly meaning: string;
  /** Needs no value: alone it is `true`. */
  readonly switch?: true;
  /** May be given several times. */
  readonly repeated?: true;
}

/** Every setting of the controller, in the order in which they are explained. */
export const FLAGS = [
  {
    name: "interval",
    environment: "IMAGE_UPDATER_INTERVAL",
    default: "2m",
    meaning:
      "from the end of a cycle to the next one; 0 is one cycle, a negative one waits for triggers only",
  },
  {
    name: "interval-jitter",
    environment: "IMAGE_UPDATER_INTERVAL_JITTER",
    default: "0.1",
    meaning: "by which part of it, at most, the interval is drawn out by chance; 0 to 1",
  },
  { name: "once", default: "false", meaning: "one cycle, without servers or lease", switch: true },
  { name: "dry-run", default: "false", meaning: "decides and logs, writes nothing", switch: true },
  {
    name: "warmup-cache",
    default: "true",
    meaning: "one dry run before the first cycle; ready only after it",
    switch: true,
  },
  {
    name: "max-concurrent-apps",
    environment: "MAX_CONCURRENT_APPS",
    default: "10",
    meaning: "applications, and repositories, at the same time; 1 to 100",
  },
  {
    name: "applications-dir",
    default: "",
    meaning: "folder of manifests to work on instead of a cluster",
  },
  { name: "kubeconfig", default: "", meaning: "file to reach the cluster by, from outside of it" },
  {
    name: "argocd-namespace",
    environment: "ARGOCD_NAMESPACE",
    default: "",
    meaning: "where Argo CD keeps its repositories' credentials; the controller's own",
  },
  {
    name: "trusted-namespaces",
    environment: "IMAGE_UPDATER_TRUSTED_NAMESPACES",
    default: "",
    meaning: "whose Applications may name ext: and env: as credentials, separated by commas",
  },
  {
    name: "watch-namespaces",
    environment: "IMAGE_UPDATER_WATCH_NAMESPACES",
    default: "",
    meaning:
      "namespaces of Applications and ImageUpdaters, comma-separated; * is all, none is its own",
  },
  {
    name: "match-application-name",
    default: "",
    meaning: "glob; Applications by annotations of which none matches are left alone",
    repeated: true,
  },
  {
    name: "match-application-label",
    default: "",
    meaning: "label selector; Applications by annotations that it does not select are left alone",
  },
  {
    name: "disable-kube-events",
    environment: "IMAGE_UPDATER_KUBE_EVENTS",
    default: "false",
    meaning: "no Kubernetes event is made for an update (the variable, too, disables)",
    switch: true,
  },
  {
    name: "registries-conf-path",
    default: "/app/config/registries.conf",
    meaning: "read again before each cycle; may be missing where it is not given",
  },
  {
    name: "registries-conf-config-map",
    environment: "REGISTRIES_CONF_CONFIG_MAP",
    default: "",
    meaning: "[namespace/]name of a config map whose key registries.conf is read instead",
  },
  {
    name: "git-commit-user",
    environment: "GIT_COMMIT_USER",
    default: "argocd-image-updater",
    meaning: "who commits",
  },
  {
    name: "git-commit-email",
    environment: "GIT_COMMIT_EMAIL",
    default: "noreply@argoproj.io",
    meaning: "the e-mail address of who commits",
  },
  {
    name: "git-commit-message-path",
    default: "/app/config/commit.template",
    meaning: "template of commit messages, read again before each cycle; may be missing as above",
  },
  {
    name: "git-commit-signing-key",
    environment: "GIT_COMMIT_SIGNING_KEY",
    default: "",
    meaning: "file with the private key that signs commits",
  },
  {
    name: "git-commit-signing-method",
    environment: "GIT_COMMIT_SIGNING_METHOD",
    default: "openpgp",
    meaning: "what kind of key that is: openpgp or ssh",
  },
  {
    name: "git-commit-signing-passphrase",
    environment: "GIT_COMMIT_SIGNING_PASSPHRASE",
    default: "",
    meaning: "of that key, where it is encrypted",
  },
  {
    name: "git-commit-sign-off",
    environment: "GIT_COMMIT_SIGN_OFF",
    default: "false",
    meaning: "adds a Signed-off-by line",
    switch: true,
  },
  {
    name: "git-commit-method",
    environment: "GIT_COMMIT_METHOD",
    default: "git",
    meaning: "git, or api: GitHub makes the commit, for a GitHub App",
  },
  {
    name: "ssh-known-hosts-path",
    default: "/app/config/ssh/ssh_known_hosts",
    meaning: "keys of SSH servers to trust, as Argo CD's argocd-ssh-known-hosts-cm has them",
  },
  {
    name: "git-certificates-dir",
    default: "/app/config/git-tls",
    meaning:
      "PEM files named like hosts, as Argo CD's argocd-tls-certs-cm has them, to trust for Git",
  },
  {
    name: "registry-certificates-dir",
    default: "/app/config/tls",
    meaning: "the same for registries; a ca_file in registries.conf goes first",
  },
  {
    name: "git-allow-http",
    environment: "GIT_ALLOW_HTTP",
    default: "false",
    meaning: "whether repositories may be reached by plain http://",
    switch: true,
  },
  {
    name: "loglevel",
    environment: "IMAGE_UPDATER_LOGLEVEL",
    default: "info",
    meaning: "trace, debug, info, warn or error",
  },
  {
    name: "logformat",
    environment: "IMAGE_UPDATER_LOGFORMAT",
    default: "text",
    meaning: "text or json",
  },
  {
    name: "metrics-bind-address",
    default: "0",
    meaning: "where /metrics is served, as :8443; 0 is nowhere",
  },
  {
    name: "health-probe-bind-address",
    default: ":8081",
    meaning: "where /healthz and /readyz are served; 0 is nowhere",
  },
  {
    name: "leader-election",
    default: "true",
    meaning: "works only while it holds the lease",
    switch: true,
  },
  {
    name: "leader-election-namespace",
    environment: "POD_NAMESPACE",
    default: "",
    meaning: "namespace of the lease; the controller's own",
  },
  {
    name: "enable-webhook",
    environment: "ENABLE_WEBHOOK",
    default: "false",
    meaning: "takes webhooks of registries at POST /webhook",
    switch: true,
  },
  {
    name: "webhook-port",
    environment: "WEBHOOK_PORT",
    default: "8082",
    meaning: "port of the webhook server",
  },
  {
    name: "webhook-require-secret",
    environment: "WEBHOOK_REQUIRE_SECRET",
    default: "true",
    meaning: "refuses senders without a configured secret",
    switch: true,
  },
  {
    name: "docker-webhook-secret",
    environment: "DOCKER_WEBHOOK_SECRET",
    default: "",
    meaning: "of docker.io",
  },
  {
    name: "ghcr-webhook-secret",
    environment: "GHCR_WEBHOOK_SECRET",
    default: "",
    meaning: "of ghcr.io",
  },
  {
    name: "quay-webhook-secret",
    environment: "QUAY_WEBHOOK_SECRET",
    default: "",
    meaning: "of quay.io",
  },
  {
    name: "harbor-webhook-secret",
    environment: "HARBOR_WEBHOOK_SECRET",
    default: "",
    meaning: "of harbor",
  },
  {
    name: "aliyun-acr-webhook-secret",
    environment: "ALIYUN_ACR_WEBHOOK_SECRET",
    default: "",
    meaning: "of aliyun-acr",
  },
  { name: "acr-webhook-secret", environment: "ACR_WEBHOOK_SECRET", default: "", meaning: "of acr" },
  {
    name: "cloudevents-webhook-secret",
    environment: "CLOUDEVENTS_WEBHOOK_SECRET",
    default: "",
    meaning: "of cloudevents",
  },
  {
    name: "ecr-webhook-secret",
    environment: "ECR_WEBHOOK_SECRET",
    default: "",
    meaning: "of ecr",
  },
  {
    name: "gar-webhook-secret",
    environment: "GAR_WEBHOOK_SECRET",
    default: "",
    meaning: "of gar",
  },
  {
    name: "gitlab-webhook-secret",
    environment: "GITLAB_WEBHOOK_SECRET",
    default: "",
    meaning: "of gitlab",
  },
  {
    name: "gitea-webhook-secret",
    environment: "GITEA_WEBHOOK_SECRET",
    default: "",
    meaning: "of gitea",
  },
  {
    name: "distribution-webhook-secret",
    environment: "DISTRIBUTION_WEBHOOK_SECRET",
    default: "",
    meaning: "of distribution",
  },
  {
    name: "artifactory-webhook-secret",
    environment: "ARTIFACTORY_WEBHOOK_SECRET",
    default: "",
    meaning: "of artifactory",
  },
  {
    name: "nexus-webhook-secret",
    environment: "NEXUS_WEBHOOK_SECRET",
    default: "",
    meaning: "of nexus",
  },
  {
    name: "webhook-tls-dir",
    default: "/app/config/tls",
    meaning: "folder of tls.crt and tls.key; without them webhooks come by plain HTTP",
  },
  {
    name: "disable-tls",
    environment: "DISABLE_TLS",
    default: "false",
    meaning: "plain HTTP for webhooks whatever is in that folder",
    switch: true,
  },
  {
    name: "tlsminversion",
    environment: "TLS_MIN_VERSION",
    default: "1.3",
    meaning: "least version of TLS for webhooks: 1.2 or 1.3",
  },
  { name: "help", default: "false", meaning: "shows this list", switch: true },
] as const;

/** The name of a setting. */
export type FlagName = (typeof FLAGS)[number]["name"];
