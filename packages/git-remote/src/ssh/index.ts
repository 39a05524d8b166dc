// What needs ssh2: Git over SSH, and private keys as it reads them.

export {
  connectOverSsh,
  type SshConnection,
  type SshConnectionSettings,
} from "../transport/ssh/connect-over-ssh.js";
export { readPrivateKey, type PrivateKeyText } from "../transport/ssh/private-key.js";
