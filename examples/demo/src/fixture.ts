/** Name of the Application. */
export const APPLICATION = "gitops-demo";

/** Where its chart stands in the repository. */
export const CHART_PATH = "manifests/helm";

/** The chart's files, for an image on the given registry. */
export function chartFiles(host: string): Readonly<Record<string, string>> {
  return {
    [`${CHART_PATH}/Chart.yaml`]: "apiVersion: v2\nname: echo-server\nversion: 0.1.0\n",
    [`${CHART_PATH}/values.yaml`]: `image:\n  repository: ${host}/demo/echo-server\n  tag: "v1.0"\n`,
    [`${CHART_PATH}/templates/deployment.yaml`]: DEPLOYMENT,
  };
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: echo-server
spec:
  selector:
    matchLabels: { app: echo-server }
  template:
    metadata:
      labels: { app: echo-server }
    spec:
      containers:
      - name: echo-server
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
`;

/** The Application as Argo CD has it while the given image runs. */
export function applicationManifest(state: {
  readonly host: string;
  readonly repositoryUrl: string;
  readonly running: string;
}): object {
  const prefix = "argocd-image-updater.argoproj.io";
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name: APPLICATION,
      namespace: "argocd",
      annotations: {
        [`${prefix}/image-list`]: `echoserver=${state.host}/demo/echo-server`,
        [`${prefix}/echoserver.helm.image-tag`]: "image.tag",
        [`${prefix}/echoserver.update-strategy`]: "semver",
        [`${prefix}/echoserver.allow-tags`]: "regexp:^v[1-9].*",
        [`${prefix}/write-back-method`]: "git",
      },
    },
    spec: {
      project: "default",
      source: { repoURL: state.repositoryUrl, path: CHART_PATH, targetRevision: "main" },
      destination: { server: "https://kubernetes.default.svc", namespace: "demo" },
    },
    status: { sourceType: "Helm", summary: { images: [state.running] } },
  };
}
