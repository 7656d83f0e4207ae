import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import busboy from "busboy";
import { FileError } from "./file-error.ts";

const FILE_PART_NAME = "file";
/** A part without a file name is held in memory, so it is kept short. */
const MAX_UNNAMED_PART_BYTES = 32 * 1024 * 1024;

/** Stores one part; `filename` is the full path the client gave, empty for a part without one. */
type StorePart = (filename: string, content: Readable) => Promise<void>;

/** Reads a multipart form and stores every part named `file`, one after the other. Throws the first failure. */
export async function readMultipart(
  body: Readable,
  headers: IncomingHttpHeaders,
  store: StorePart,
): Promise<void> {
  const parser = createParser(headers);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let chain: Promise<void> = Promise.resolve();
  const enqueue = (filename: string, content: Readable) => {
    chain = chain.then(async () => store(filename, content));
    chain.catch((error: unknown) => {
      content.resume();
      reject(error);
    });
  };
  parser.on("file", (name, content, info) => {
    // A part that waits for its turn may break before it is read; whoever reads it is told.
    content.on("error", () => {});
    if (name === FILE_PART_NAME) enqueue(info.filename ?? "", content);
    else content.resume();
  });
  parser.on("field", (name, value, info) => {
    if (name !== FILE_PART_NAME) return;
    if (info.valueTruncated) reject(new FileError(413, "a part without a file name is limited to 32 MiB"));
    else enqueue("", Readable.from([Buffer.from(value, "latin1")]));
  });
  parser.on("error", (error) => reject(new FileError(400, "the multipart form is broken", { cause: error })));
  parser.once("close", () => void chain.then(resolve, reject));
  // Breaks the part that is being read as well, whose half-written file is then taken away.
  body.once("error", (error) => parser.destroy(error));
  body.pipe(parser);
  try {
    await promise;
  } finally {
    body.unpipe(parser);
    body.resume();
    await chain.catch(() => {});
  }
}

function createParser(headers: IncomingHttpHeaders): busboy.Busboy {
  try {
    return busboy({
      headers,
      preservePath: true,
      // File names are UTF-8 in every client; unnamed parts are decoded as latin1, which keeps their bytes.
      defParamCharset: "utf8",
      defCharset: "latin1",
      limits: { fieldSize: MAX_UNNAMED_PART_BYTES },
    });
  } catch (error) {
    throw new FileError(400, "the multipart form is broken", { cause: error });
  }
}
