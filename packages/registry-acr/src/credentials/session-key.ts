import { z } from "zod";
import type { Decoder } from "@image-updater/registry-oci/http";
import type { AccessKey } from "./access-key.js";

const sessionKeySchema = z
  .object({
    AccessKeyId: z.string().min(1),
    AccessKeySecret: z.string().min(1),
    SecurityToken: z.string().min(1),
    Expiration: z.iso.datetime({ offset: true }),
  })
  .transform((key) => ({
    accessKeyId: key.AccessKeyId,
    accessKeySecret: key.AccessKeySecret,
    securityToken: key.SecurityToken,
    expiration: key.Expiration,
  }));

/** A session's key as the metadata service writes it. */
export const sessionKey: Decoder<AccessKey> = sessionKeySchema;

/** The same inside the answer of the Security Token Service. */
export const assumedRole: Decoder<AccessKey> = z
  .object({ Credentials: sessionKeySchema })
  .transform(({ Credentials }) => Credentials);
