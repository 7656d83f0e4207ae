import { TextReader, ZipWriter } from "@zip.js/zip.js";
import "../platform/configure-zip.ts";

/** The earliest time that a zip can say: what is in an archive says itself when it was made. */
const ZIP_EPOCH = new Date(1980, 0, 1);

/** Writes an archive as a zip while its parts come, one of them at a time and none of it in memory. */
export class ArchiveWriter {
  readonly #zip: ZipWriter<unknown>;

  constructor(sink: WritableStream<Uint8Array>) {
    this.#zip = new ZipWriter(sink, {
      useWebWorkers: false,
      extendedTimestamp: false,
      lastModDate: ZIP_EPOCH,
      keepOrder: true,
    });
  }

  async document(path: string, document: unknown): Promise<void> {
    await this.#zip.add(path, new TextReader(`${JSON.stringify(document, null, 1)}\n`));
  }

  /** `packed`: it is a zip already, which does not become smaller. */
  async content(path: string, body: ReadableStream, { packed = false } = {}): Promise<void> {
    await this.#zip.add(path, body, packed ? { level: 0 } : {});
  }

  /** Ends the archive: before it, nobody takes it for one. */
  async close(): Promise<void> {
    await this.#zip.close();
  }
}
