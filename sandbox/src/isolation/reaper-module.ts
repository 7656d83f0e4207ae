import { assembleReaper } from "./reaper-code.ts";
import type { FilteredArch } from "./syscalls.ts";

/**
 * A native module of one function, `waitid(idtype, id, options)`: the pid, 0, or minus the error number.
 *
 * The agent is process 1 of its sandbox, so whatever loses its parent becomes the agent's child and stays a zombie
 * until the agent waits for it. Node waits for nothing but what it started itself, and has no call for the rest. To
 * ask for a compiler on every machine, or to ship a program nobody can read, for one system call would be worse than
 * this: a shared object of a kilobyte, put together here like the filter of system calls.
 */
export function buildReaperModule(arch: FilteredArch): Buffer {
  const code = assembleReaper(arch, codeOffset, tableAddress);
  const file = Buffer.alloc(dataOffset + dynamicBytes + imports.length * 8);
  writeHeader(file, arch);
  writeSegments(file, code.length);
  writeSymbols(file);
  writeRelocations(file, arch);
  code.copy(file, codeOffset);
  writeDynamic(file);
  return file;
}

/** The module for the machine this runs on. Throws on an architecture there is no code for. */
export function reaperModuleFor(arch: string): Buffer {
  if (arch !== "x64" && arch !== "arm64")
    throw new Error(`no module for ${arch} to reap with: sandboxes run on x64 and arm64`);

  return buildReaperModule(arch);
}

/** Functions of Node that the code calls, in the order of their slots in the table of addresses. */
const imports = ["napi_create_function", "napi_get_cb_info", "napi_get_value_int32", "napi_create_int32"];
const exported = "napi_register_module_v1";

const SEGMENT_COUNT = 4;
const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const SYMBOL_BYTES = 24;
const RELOCATION_BYTES = 24;
/** Addresses of the writable segment lie this much higher than its place in the file: the largest page size. */
const DATA_SHIFT = 0x10000;
const HASH_OFFSET = HEADER_BYTES + SEGMENT_COUNT * SEGMENT_BYTES;
const hashWords = [1, imports.length + 2, imports.length + 1];
const symbolOffset = align(HASH_OFFSET + (hashWords.length + imports.length + 2) * 4);
const stringOffset = symbolOffset + (imports.length + 2) * SYMBOL_BYTES;
const strings = `\0${[...imports, exported].join("\0")}\0`;
const relocationOffset = align(stringOffset + strings.length);
const codeOffset = align(relocationOffset + imports.length * RELOCATION_BYTES);
/** Behind the code, which is shorter than this on both architectures. */
const dataOffset = codeOffset + 0x100;
const dynamicEntries: readonly (readonly [tag: number, value: number])[] = [
  [4, HASH_OFFSET], // DT_HASH
  [5, stringOffset], // DT_STRTAB
  [6, symbolOffset], // DT_SYMTAB
  [10, strings.length], // DT_STRSZ
  [11, SYMBOL_BYTES], // DT_SYMENT
  [7, relocationOffset], // DT_RELA
  [8, imports.length * RELOCATION_BYTES], // DT_RELASZ
  [9, RELOCATION_BYTES], // DT_RELAENT
  [0, 0], // DT_NULL
];
const dynamicBytes = dynamicEntries.length * 16;
/** Where the addresses of the imports are filled in when the module is loaded. */
const tableAddress = DATA_SHIFT + dataOffset + dynamicBytes;

function align(offset: number): number {
  return Math.ceil(offset / 16) * 16;
}

function writeHeader(file: Buffer, arch: FilteredArch): void {
  file.write("\x7fELF\x02\x01\x01", 0, "latin1");
  file.writeUInt16LE(3, 16); // a shared object
  file.writeUInt16LE(arch === "x64" ? 62 : 183, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  file.writeUInt16LE(HEADER_BYTES, 52);
  file.writeUInt16LE(SEGMENT_BYTES, 54);
  file.writeUInt16LE(SEGMENT_COUNT, 56);
  file.writeUInt16LE(64, 58);
}

function writeSegments(file: Buffer, codeBytes: number): void {
  const readable = 4;
  const writable = 6;
  const executable = 5;
  const dataBytes = dynamicBytes + imports.length * 8;
  const segments = [
    { type: 1, flags: executable, at: 0, shift: 0, bytes: codeOffset + codeBytes, aligned: DATA_SHIFT },
    { type: 1, flags: writable, at: dataOffset, shift: DATA_SHIFT, bytes: dataBytes, aligned: DATA_SHIFT },
    { type: 2, flags: writable, at: dataOffset, shift: DATA_SHIFT, bytes: dynamicBytes, aligned: 8 },
    // Without this one the loader takes the module for one that wants an executable stack.
    { type: 0x6474e551, flags: readable | writable, at: 0, shift: 0, bytes: 0, aligned: 16 },
  ];
  segments.forEach((segment, index) => {
    const at = HEADER_BYTES + index * SEGMENT_BYTES;
    file.writeUInt32LE(segment.type, at);
    file.writeUInt32LE(segment.flags, at + 4);
    const address = segment.at + segment.shift;
    const words = [segment.at, address, address, segment.bytes, segment.bytes, segment.aligned];
    words.forEach((word, place) => file.writeBigUInt64LE(BigInt(word), at + 8 + place * 8));
  });
}

function writeSymbols(file: Buffer): void {
  // One bucket, in which every symbol points at the next.
  const chain = [0, ...imports.map((_, index) => index), imports.length];
  [...hashWords, ...chain].forEach((word, index) => file.writeUInt32LE(word, HASH_OFFSET + index * 4));
  file.write(strings, stringOffset, "latin1");
  [...imports, exported].forEach((name, index) => {
    const at = symbolOffset + (index + 1) * SYMBOL_BYTES;
    file.writeUInt32LE(strings.indexOf(`\0${name}\0`) + 1, at);
    file.writeUInt8(0x12, at + 4); // global, a function
    if (name !== exported) return;
    file.writeUInt16LE(1, at + 6); // defined here
    file.writeBigUInt64LE(BigInt(codeOffset), at + 8);
  });
}

function writeRelocations(file: Buffer, arch: FilteredArch): void {
  const globalData = arch === "x64" ? 6n : 1025n;
  imports.forEach((_, index) => {
    const at = relocationOffset + index * RELOCATION_BYTES;
    file.writeBigUInt64LE(BigInt(tableAddress + index * 8), at);
    file.writeBigUInt64LE((BigInt(index + 1) << 32n) | globalData, at + 8);
  });
}

function writeDynamic(file: Buffer): void {
  dynamicEntries.forEach(([tag, value], index) => {
    file.writeBigInt64LE(BigInt(tag), dataOffset + index * 16);
    file.writeBigUInt64LE(BigInt(value), dataOffset + index * 16 + 8);
  });
}
