/** What the configuration of the daemon names. */
export interface SshdFiles {
  readonly hostKeys: readonly string[];
  readonly authorizedKeys: string;
  /** Runs instead of any command. */
  readonly script: string;
  /** Whether a client may set `GIT_PROTOCOL`. */
  readonly takesProtocol: boolean;
}

/** A configuration (sshd_config(5)) that lets in keys only, and runs one script only. */
export function sshdConfiguration(files: SshdFiles): string {
  return [
    ...files.hostKeys.map((path) => `HostKey ${path}`),
    `AuthorizedKeysFile ${files.authorizedKeys}`,
    `ForceCommand ${files.script}`,
    ...(files.takesProtocol ? ["AcceptEnv GIT_PROTOCOL"] : []),
    "StrictModes no",
    "UsePAM no",
    "PidFile none",
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitTTY no",
    "PrintMotd no",
    "PrintLastLog no",
    "UseDNS no",
    "LogLevel DEBUG1",
    "MaxSessions 4",
    "LoginGraceTime 0",
    "",
  ].join("\n");
}

/** What the script is made of. */
export interface ForcedCommandFiles {
  readonly root: string;
  readonly log: string;
  readonly faults: string;
  readonly filters: boolean;
  readonly shell: "git-shell" | "sh";
}

/**
 * The script that every login runs: it notes the command, lets a fault have its turn, and passes the
 * command to a shell that sees no configuration of the user.
 */
export function forcedCommand({ root, log, faults, filters, shell }: ForcedCommandFiles): string {
  return `#!/bin/sh
export HOME=${quote(root)} XDG_CONFIG_HOME=${quote(root)} PATH=${quote(process.env["PATH"] ?? "")}
export LC_ALL=C GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_COUNT=1
export GIT_CONFIG_KEY_0=uploadpack.allowFilter GIT_CONFIG_VALUE_0=${String(filters)}
cd "$HOME" || exit 1
printf '%s\\0%s\\0\\n' "$GIT_PROTOCOL" "$SSH_ORIGINAL_COMMAND" >> ${quote(log)}
set -- ${shell} -c "$SSH_ORIGINAL_COMMAND"
program=\${SSH_ORIGINAL_COMMAND%% *}
for fault in ${quote(faults)}/"$program".*; do
  case $fault in
    *.always) . "$fault"; exit ;;
    *.once.*) mv "$fault" ${quote(faults)}/used.$$ 2>/dev/null && { . ${quote(faults)}/used.$$; exit; } ;;
  esac
done
exec "$@"
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
