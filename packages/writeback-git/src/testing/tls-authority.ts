import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A certificate with its key, as PEM. */
export interface TlsCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is issued for. */
export interface TlsCertificateOptions {
  /** Names and addresses of a server. Default: `localhost` and `127.0.0.1`. */
  readonly hosts?: readonly string[] | undefined;
  /** Its last day was yesterday. */
  readonly expired?: boolean | undefined;
}

/** A certificate authority of a test. */
export interface TlsAuthority {
  /** Its own certificate, as PEM. */
  readonly certificate: string;
  /** Issues a certificate, good for servers and for clients. */
  issue(options?: TlsCertificateOptions): Promise<TlsCertificate>;
  /** Removes its files. */
  close(): Promise<void>;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Makes an authority, with the program `openssl`. */
export async function createTlsAuthority(name = "Test Authority"): Promise<TlsAuthority> {
  const folder = await mkdtemp(join(tmpdir(), "tls-authority-"));
  const run = async (args: readonly string[]): Promise<void> => {
    await promisify(execFile)("openssl", [...args], { cwd: folder });
  };
  const read = (file: string): Promise<string> => readFile(join(folder, file), "utf8");
  let count = 0;
  const self = ["-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", `/CN=${name}`];
  await run(["req", "-x509", ...NEW_KEY, ...self]);
  return {
    certificate: await read("ca.pem"),
    issue: async ({ hosts = ["localhost", "127.0.0.1"], expired = false } = {}) => {
      count += 1;
      const id = String(count);
      await writeFile(join(folder, `${id}.ext`), extensions(hosts));
      const request = ["-keyout", `${id}.key`, "-out", `${id}.csr`, "-subj", `/CN=test ${id}`];
      await run(["req", ...NEW_KEY, ...request]);
      const authority = ["-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", id];
      const days = ["-days", expired ? "-1" : "2", "-extfile", `${id}.ext`];
      await run(["x509", "-req", "-in", `${id}.csr`, "-out", `${id}.pem`, ...authority, ...days]);
      return { certificate: await read(`${id}.pem`), key: await read(`${id}.key`) };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function extensions(hosts: readonly string[]): string {
  const names = hosts.map((host) => (/^[\d.]+$|:/u.test(host) ? `IP:${host}` : `DNS:${host}`));
  return `subjectAltName=${names.join(",")}\nextendedKeyUsage=serverAuth,clientAuth\n`;
}
