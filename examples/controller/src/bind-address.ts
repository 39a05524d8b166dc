/** Where a server listens; without a host, on all addresses. */
export interface BindAddress {
  readonly host?: string | undefined;
  readonly port: number;
}

/** Reads `:8081`, `127.0.0.1:8081` or `[::1]:8081`; `off` for `0` or nothing, undefined for other text. */
export function parseBindAddress(text: string): BindAddress | "off" | undefined {
  if (text === "0" || text === "") return "off";
  const [, bracketed, plain, digits = ""] = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/u.exec(text) ?? [];
  const port = parsePort(digits);
  if (port === undefined) return undefined;
  const host = bracketed ?? plain ?? "";
  return host === "" ? { port } : { host, port };
}

/** A port; 0 lets the system choose one. Undefined for other text. */
export function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : 65_536;
  return port < 65_536 ? port : undefined;
}
