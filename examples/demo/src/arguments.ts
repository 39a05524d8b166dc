import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** What the demo was asked for. */
export interface DemoSettings {
  /** Files with Application manifests; none means the embedded demo. */
  readonly applications: readonly string[];
  /** A `registries.conf`. */
  readonly registriesConf: string | undefined;
  /** Whether the plan is written. */
  readonly apply: boolean;
  /** Whether repositories may be reached by plain `http://`. */
  readonly allowHttp: boolean;
  /** Whether every rejected tag is logged. */
  readonly debug: boolean;
  /** For repositories over HTTP(S). */
  readonly git: { readonly username: string; readonly password: string } | undefined;
}

/** Reads the command line; what it does not say is taken from the environment. */
export function readArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DemoSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      application: { type: "string", multiple: true },
      "registries-conf": { type: "string" },
      apply: { type: "boolean" },
      "allow-http": { type: "boolean" },
      debug: { type: "boolean" },
    },
  });
  const fromEnvironment = environment["DEMO_APPLICATION"];
  const applications =
    values.application ?? (fromEnvironment === undefined ? [] : [fromEnvironment]);
  const registriesConf = values["registries-conf"] ?? environment["DEMO_REGISTRIES_CONF"];
  // npm runs scripts in the repository's root and says in INIT_CWD where it was called.
  const locate = (file: string): string => resolve(environment["INIT_CWD"] ?? ".", file);
  const password = environment["GIT_PASSWORD"];
  return {
    applications: applications.map(locate),
    registriesConf: registriesConf === undefined ? undefined : locate(registriesConf),
    apply: values.apply ?? environment["DEMO_APPLY"] === "true",
    allowHttp: values["allow-http"] ?? environment["DEMO_ALLOW_HTTP"] === "true",
    debug: values.debug ?? environment["DEMO_DEBUG"] === "true",
    git:
      password === undefined
        ? undefined
        : { username: environment["GIT_USERNAME"] ?? "git", password },
  };
}
