import { CredentialError } from "../errors/credential-error.js";
import type { SecretData, SecretReader } from "../ports/secret-reader.js";

/** A secret of a test. */
export interface SecretFixture {
  readonly namespace: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly data: Readonly<Record<string, string>>;
}

/** A `SecretReader` over a list. */
export function inMemorySecrets(secrets: readonly SecretFixture[]): SecretReader {
  return {
    contract: "secret-reader/1",
    read({ namespace, name, key }): Promise<string> {
      const found = secrets.find((one) => one.namespace === namespace && one.name === name);
      const value =
        found !== undefined && Object.hasOwn(found.data, key) ? found.data[key] : undefined;
      if (value !== undefined) return Promise.resolve(value);
      const reference = `secret:${namespace}/${name}#${key}`;
      const message =
        found === undefined
          ? `there is no secret ${namespace}/${name}`
          : `secret ${namespace}/${name} has no field "${key}"`;
      return Promise.reject(new CredentialError("not-found", message, { reference }));
    },
    readAll({ namespace, name }): Promise<SecretData> {
      const found = secrets.find((one) => one.namespace === namespace && one.name === name);
      if (found !== undefined) return Promise.resolve(toSecretData(found));
      const reference = `secret:${namespace}/${name}`;
      const message = `there is no secret ${namespace}/${name}`;
      return Promise.reject(new CredentialError("not-found", message, { reference }));
    },
    list({ namespace, labels }): Promise<readonly SecretData[]> {
      const matching = secrets.filter(
        (one) =>
          one.namespace === namespace &&
          Object.entries(labels).every(([label, value]) => one.labels?.[label] === value),
      );
      return Promise.resolve(matching.map(toSecretData));
    },
  };
}

function toSecretData({ namespace, name, labels = {}, data }: SecretFixture): SecretData {
  return { namespace, name, labels, data: new Map(Object.entries(data)) };
}
