/**
 * What a docker config file says about a registry.
 *
 * Passwords and tokens can be read, but are not enumerable and are redacted in JSON: a value that is
 * logged, spread or cloned does not carry them along.
 */
export type DockerCredential =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | {
      /** An OAuth2 refresh token of the registry's token server. */
      readonly kind: "identity-token";
      readonly token: string;
    }
  | { readonly kind: "bearer"; readonly token: string }
  | {
      /** The program `docker-credential-<helper>` has it; running it is the caller's work. */
      readonly kind: "helper";
      readonly helper: string;
      /** What the program is asked for. */
      readonly serverUrl: string;
    }
  | {
      /** The file has an entry for the registry that cannot be used; never fall back to anonymous. */
      readonly kind: "invalid";
      /** The registry as the file writes it. */
      readonly key: string;
      readonly problem: string;
    };

/** The user name that says the password is an identity token. */
const TOKEN_USER = "<token>";

/** A user with its password, or with the identity token that stands in its place. */
export function userCredential(username: string, password: string): DockerCredential {
  if (username === TOKEN_USER) return tokenCredential("identity-token", password);
  return conceal({ kind: "basic", username, password }, "password");
}

/** A token, ready to be exchanged (`identity-token`) or to be sent as it is (`bearer`). */
export function tokenCredential(
  kind: "identity-token" | "bearer",
  token: string,
): DockerCredential {
  return conceal({ kind, token }, "token");
}

function conceal<T extends object>(fields: T, secret: keyof T): T {
  const redacted = { ...fields, [secret]: "[redacted]" };
  return Object.defineProperties(fields, {
    [secret]: { enumerable: false },
    toJSON: { value: () => redacted, enumerable: false },
  });
}
