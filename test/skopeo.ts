import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { requireProgram } from "./real-servers.js";

/** An image to push, and where to. */
export interface PushedImage {
  /** Host and port of a registry that speaks plain HTTP. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
  /** RFC 3339 build date; without one the image config has none. */
  readonly created?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** `os/architecture[/variant]`; more than one make an index. Default `["linux/amd64"]`. */
  readonly platforms?: readonly string[] | undefined;
  /**
   * Text of the one file in the image: another content is another digest. Default: the tag, because
   * docker-registry can lose a blob that two pushes bring at the same time.
   */
  readonly content?: string | undefined;
}

/** Builds an OCI image of one layer, pushes it with the real skopeo and answers its digest. */
export async function pushImage(image: PushedImage): Promise<string> {
  const program = requireProgram("skopeo");
  if (program === undefined) throw new Error("skopeo is not installed");
  const folder = await mkdtemp(join(tmpdir(), "skopeo-"));
  const digestFile = join(folder, "digest");
  try {
    await writeLayout(folder, image);
    await promisify(execFile)(program, [
      "--insecure-policy",
      "copy",
      "--all",
      "--quiet",
      "--dest-tls-verify=false",
      "--dest-no-creds",
      `--digestfile=${digestFile}`,
      `oci:${folder}:image`,
      `docker://${image.host}/${image.repository}:${image.tag}`,
    ]);
    return (await readFile(digestFile, "utf8")).trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

type AddBlob = (kind: string, bytes: Buffer) => Promise<Descriptor>;

async function writeLayout(folder: string, image: PushedImage): Promise<void> {
  const blobs = join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  const add: AddBlob = async (kind, bytes) => {
    const hash = sha256(bytes);
    await writeFile(join(blobs, hash), bytes);
    const mediaType = `application/vnd.oci.image.${kind}`;
    return { mediaType, digest: `sha256:${hash}`, size: bytes.length };
  };
  const root = await addImage(add, image);
  const named = { ...root, annotations: { "org.opencontainers.image.ref.name": "image" } };
  await writeFile(join(folder, "oci-layout"), json({ imageLayoutVersion: "1.0.0" }));
  await writeFile(join(folder, "index.json"), json({ schemaVersion: 2, manifests: [named] }));
}

async function addImage(add: AddBlob, image: PushedImage): Promise<Descriptor> {
  const platforms = (image.platforms ?? ["linux/amd64"]).map(platformOf);
  const manifests = await Promise.all(
    platforms.map(async (platform) => ({
      ...(await addManifest(add, image, platform)),
      platform,
    })),
  );
  const [only, second] = manifests;
  if (only !== undefined && second === undefined) return only;
  const mediaType = "application/vnd.oci.image.index.v1+json";
  return add("index.v1+json", json({ schemaVersion: 2, mediaType, manifests }));
}

async function addManifest(
  add: AddBlob,
  image: PushedImage,
  platform: Platform,
): Promise<Descriptor> {
  const files = tarOf("content.txt", image.content ?? image.tag);
  const layer = await add("layer.v1.tar+gzip", gzipSync(files));
  const config = await add(
    "config.v1+json",
    json({
      created: image.created,
      ...platform,
      config: { Labels: image.labels },
      rootfs: { type: "layers", diff_ids: [`sha256:${sha256(files)}`] },
    }),
  );
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = { schemaVersion: 2, mediaType, config, layers: [layer] };
  return add("manifest.v1+json", json(manifest));
}

interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
}

function platformOf(text: string): Platform {
  const [os = "", architecture = "", variant] = text.split("/");
  return { os, architecture, variant };
}

/** A ustar archive of one small text file (POSIX.1-1988). */
function tarOf(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  const fields: readonly (readonly [offset: number, value: string])[] = [
    [0, name],
    [100, "0000644\0"],
    [108, "0000000\0"],
    [116, "0000000\0"],
    [124, `${content.length.toString(8).padStart(11, "0")}\0`],
    [136, "00000000000\0"],
    [148, "        "],
    [156, "0"],
    [257, "ustar\u000000"],
  ];
  for (const [offset, value] of fields) header.write(value, offset, "latin1");
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
