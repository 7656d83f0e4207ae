import { toHex } from "../bytes.ts";
import { sha256Hex } from "../crypto.ts";

/** What a stream held. `size` in bytes; `sha256` in hex. */
export interface Received {
  size: number;
  sha256: string;
}

export interface JudgedStore<Stored> {
  /** How many bytes the stream is to have: R2 stores none of unknown length. */
  length: number;
  /** Stores what it is given; nothing, when its stream breaks off. */
  put: (body: ReadableStream | Uint8Array) => Promise<Stored>;
  /** Sees every part as it comes. */
  watch?: ((part: Uint8Array) => void) | undefined;
  /**
   * Looks at what came before the last of it is passed on. What it throws is thrown, and nothing is stored: so what is
   * stored is what was judged, however long it took to come.
   */
  judge: (received: Received) => Promise<void>;
}

/** Stores a stream while it comes, one part of it in memory at a time, once `judge` has let the whole of it pass. */
export async function storeJudged<Stored>(
  source: ReadableStream<Uint8Array> | null,
  { length, put, watch, judge }: JudgedStore<Stored>,
): Promise<Stored> {
  if (source === null || length === 0) {
    await judge(await readEmpty(source));
    return put(new Uint8Array());
  }
  const { readable, writable } = new FixedLengthStream(length);
  const stored = put(readable);
  // Its failure is told by whoever waits for it at the end; a stream that was broken off fails it, too.
  stored.catch(() => undefined);
  const writer = writable.getWriter();
  try {
    await passOn(source, { length, writer, watch, judge });
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    await stored.catch(() => undefined);
    throw error;
  }
  return stored;
}

/** What comes where nothing was to come. */
async function readEmpty(source: ReadableStream<Uint8Array> | null): Promise<Received> {
  let size = 0;
  for await (const part of source ?? []) {
    size += part.byteLength;
    if (size > 0) break;
  }
  return { size, sha256: await sha256Hex("") };
}

/** Passes on all but the last part, has the whole judged, then passes that on. */
async function passOn(
  source: ReadableStream<Uint8Array>,
  {
    length,
    writer,
    watch,
    judge,
  }: Pick<JudgedStore<unknown>, "length" | "watch" | "judge"> & { writer: WritableStreamDefaultWriter },
): Promise<void> {
  const digest = new crypto.DigestStream("SHA-256");
  // Nobody asks for the digest of a stream that broke off.
  digest.digest.catch(() => undefined);
  const hash = digest.getWriter();
  let held: Uint8Array | undefined;
  let size = 0;
  for await (const part of source) {
    size += part.byteLength;
    if (size > length) break;
    watch?.(part);
    await hash.write(part);
    if (held) await writer.write(held);
    held = part;
  }
  await hash.close();
  await judge({ size, sha256: toHex(await digest.digest) });
  if (held) await writer.write(held);
  await writer.close();
}
