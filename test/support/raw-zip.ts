import { crc32, deflateRawSync } from "node:zlib";

/** An entry of a zip, each part of which may be a lie. */
export interface RawEntry {
  name: string;
  /** What is stored for it, as it stands there. */
  data?: Buffer;
  /** 0: as it is, 8: deflated. */
  method?: 0 | 8;
  crc?: number;
  /** What the headers say of the inflated size, in bytes. */
  size?: number;
  /** Bytes behind the name, of which each begins with a header of its own. */
  extra?: Buffer;
  /** The directory points to the data of the entry with this index instead of its own. */
  sharesDataOf?: number;
  /** Sizes and checksum stand behind the data, as streamed zips have them. */
  hasDescriptor?: boolean;
}

/** An entry that is what it says, deflated. */
export function deflated(name: string, content: Buffer): RawEntry {
  return { name, data: deflateRawSync(content), method: 8, crc: crc32(content), size: content.byteLength };
}

/** An entry that is what it says, as it is. */
export function stored(name: string, content: Buffer): RawEntry {
  return { name, data: content, method: 0, crc: crc32(content), size: content.byteLength };
}

/** A zip with these entries, written down without a question. */
export function rawZip(entries: readonly RawEntry[]): Buffer {
  const offsets: number[] = [];
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const own = entry.sharesDataOf === undefined;
    offsets.push(own ? at : (offsets[entry.sharesDataOf ?? 0] ?? 0));
    const file = own ? fileOf(entry) : [];
    files.push(...file);
    at += file.reduce((sum, part) => sum + part.byteLength, 0);
    directory.push(directoryEntry(entry, offsets.at(-1) ?? 0));
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(entries.length & 0xffff, 8);
  end.writeUInt16LE(entries.length & 0xffff, 10);
  end.writeUInt32LE(directoryBytes.byteLength, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, directoryBytes, end]);
}

function fileOf(entry: RawEntry): Buffer[] {
  const data = entry.data ?? Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50);
  writeFacts(header, 4, entry);
  const tail = Buffer.alloc(entry.hasDescriptor === true ? 16 : 0);
  if (entry.hasDescriptor === true) {
    header.fill(0, 14, 26);
    tail.writeUInt32LE(0x08074b50);
    tail.writeUInt32LE(entry.crc ?? 0, 4);
    tail.writeUInt32LE(data.byteLength, 8);
    tail.writeUInt32LE(entry.size ?? data.byteLength, 12);
  }
  return [header, Buffer.from(entry.name), entry.extra ?? Buffer.alloc(0), data, tail];
}

function directoryEntry(entry: RawEntry, offset: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50);
  header.writeUInt16LE(0x031e, 4);
  writeFacts(header, 6, entry);
  header.writeUInt32LE((0o100644 << 16) >>> 0, 38);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, Buffer.from(entry.name), entry.extra ?? Buffer.alloc(0)]);
}

/** The fields that both headers of an entry have in one order: version, flags, method, time, checksum, sizes, lengths. */
function writeFacts(header: Buffer, at: number, entry: RawEntry): void {
  const length = entry.data?.byteLength ?? 0;
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(0x0800 | (entry.hasDescriptor === true ? 8 : 0), at + 2);
  header.writeUInt16LE(entry.method ?? 0, at + 4);
  header.writeUInt16LE(0x21, at + 8);
  header.writeUInt32LE(entry.crc ?? 0, at + 10);
  header.writeUInt32LE(length, at + 14);
  header.writeUInt32LE(entry.size ?? length, at + 18);
  header.writeUInt16LE(Buffer.byteLength(entry.name), at + 22);
  header.writeUInt16LE(entry.extra?.byteLength ?? 0, at + 24);
}
