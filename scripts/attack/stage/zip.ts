import { crc32, deflateRawSync } from "node:zlib";

/** One entry of a zip, exactly as it is to stand there: nothing about it is checked or put right. */
export interface ZipEntry {
  name: string | Uint8Array;
  data: string | Uint8Array;
  /** Unix mode with its type, e.g. 0o120777 for a symbolic link. */
  mode?: number;
  /** The name in the entry's own header, when it is to differ from the one in the directory. */
  localName?: string;
  /** Another name in the directory's field for names in Unicode, which readers put before the plain one. */
  unicodePath?: string;
  deflate?: boolean;
  /** The size that the entry claims to have, when it lies. */
  claimedSize?: number;
}

const bytes = (value: string | Uint8Array): Buffer =>
  typeof value === "string" ? Buffer.from(value) : Buffer.from(value);
const UTF8_NAMES = 0x0800;
const MADE_BY_UNIX = 0x0314;
const PLAIN_FILE = 0o100644;

/** Writes a zip of such entries. */
export function writeZip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = bytes(entry.name);
    const localName = bytes(entry.localName ?? entry.name);
    const data = bytes(entry.data);
    const packed = entry.deflate === true ? deflateRawSync(data, { level: 9 }) : data;
    const facts = Buffer.alloc(22);
    // Where the plain name is said to be Unicode itself, readers do not look for another one.
    facts.writeUInt16LE(entry.unicodePath === undefined ? UTF8_NAMES : 0, 0);
    facts.writeUInt16LE(entry.deflate === true ? 8 : 0, 2);
    facts.writeUInt32LE(crc32(data), 8);
    facts.writeUInt32LE(packed.length, 12);
    facts.writeUInt32LE(entry.claimedSize ?? data.length, 16);
    facts.writeUInt16LE(localName.length, 20);
    const local = Buffer.concat([
      Buffer.from([0x50, 0x4b, 3, 4, 20, 0]),
      facts,
      Buffer.alloc(2),
      localName,
      packed,
    ]);
    parts.push(local);
    facts.writeUInt16LE(name.length, 20);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((((entry.mode ?? PLAIN_FILE) & 0xffff) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const head = Buffer.from([0x50, 0x4b, 1, 2, 0, 0, 20, 0]);
    head.writeUInt16LE(MADE_BY_UNIX, 4);
    // The length of the extra field comes before what `tail` holds: comment, disk, attributes, offset.
    const extra = unicodePathField(entry, name);
    const extraLength = Buffer.alloc(2);
    extraLength.writeUInt16LE(extra.length);
    directory.push(Buffer.concat([head, facts, extraLength, tail, name, extra]));
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...parts, list, end]));
}

/** Info-ZIP's Unicode Path field: version 1, the checksum of the plain name, the other name. */
function unicodePathField({ unicodePath }: ZipEntry, name: Buffer): Buffer {
  if (unicodePath === undefined) return Buffer.alloc(0);
  const head = Buffer.alloc(9);
  head.writeUInt16LE(0x7075);
  head.writeUInt16LE(5 + Buffer.byteLength(unicodePath), 2);
  head.writeUInt8(1, 4);
  head.writeUInt32LE(crc32(name), 5);
  return Buffer.concat([head, Buffer.from(unicodePath)]);
}
