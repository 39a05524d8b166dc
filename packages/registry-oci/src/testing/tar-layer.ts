import { gzipSync } from "node:zlib";

const BLOCK = 512;

/** A file system layer with one file, as plain tar (its digest is the `diff_id`) and as gzip. */
export interface TarLayer {
  readonly tar: Buffer;
  readonly gzip: Buffer;
}

/** A layer that holds `content.txt`. */
export function buildLayer(content: string): TarLayer {
  const body = Buffer.from(content, "utf8");
  const padding = Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK);
  const tar = Buffer.concat([header("content.txt", body.length), body, padding, end]);
  return { tar, gzip: gzipSync(tar) };
}

/** Two empty blocks close an archive. */
const end: Buffer = Buffer.alloc(2 * BLOCK);

/** A POSIX ustar header: fields at fixed places, numbers in octal. */
function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("00000000000\0", 136);
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\0", 257);
  block.write("00", 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
