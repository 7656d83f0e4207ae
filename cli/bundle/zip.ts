import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from "@zip.js/zip.js";
import { CliError } from "../cli-error.ts";

/** A file to pack; it is read when its turn comes. */
export interface ZipSource {
  path: string;
  executable: boolean;
  read: () => Promise<Uint8Array>;
}

/** A file that was unpacked. */
export interface ZipFile {
  path: string;
  executable: boolean;
  bytes: Uint8Array;
}

/** 1980-01-01 00:00 as MS-DOS writes it, the oldest time a zip can hold: the same whatever the time zone. */
const EARLIEST_DOS_TIME = 0x00210000;

configure({ useWebWorkers: false });

const EXECUTABLE_FILE = 0o100_755;

/**
 * Packs files in the order given. The same files give the same bytes: no times, no host's name, and of their modes only
 * whether they can be executed, which scripts count on.
 */
export async function zipFiles(sources: readonly ZipSource[]): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    rawLastModDate: EARLIEST_DOS_TIME,
    extendedTimestamp: false,
    msDosCompatible: true,
    dataDescriptor: false,
    keepOrder: true,
    useCompressionStream: false,
  });
  for (const { path, executable, read } of sources) {
    const mode = executable ? { unixMode: EXECUTABLE_FILE } : {};
    await writer.add(path, new Uint8ArrayReader(await read()), mode);
  }
  return writer.close();
}

/**
 * Unpacks the files of a zip; folders have no entry of their own in the answer. Throws CliError for bytes that are no
 * zip, and for names that lead out of a folder.
 */
export async function unzipFiles(zip: Uint8Array): Promise<ZipFile[]> {
  try {
    return await readEntries(zip);
  } catch (cause) {
    throw new CliError(
      `The zip cannot be unpacked: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        exit: "conflict",
        code: "bad_zip",
        cause,
      },
    );
  }
}

async function readEntries(zip: Uint8Array): Promise<ZipFile[]> {
  const reader = new ZipReader(new Uint8ArrayReader(zip));
  const files: ZipFile[] = [];
  for (const entry of await reader.getEntries()) {
    if (entry.directory) continue;
    const bytes = await entry.getData(new Uint8ArrayWriter());
    files.push({ path: entry.filename, executable: entry.executable, bytes });
  }
  await reader.close();
  return files;
}
