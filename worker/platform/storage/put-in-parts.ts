/** The least that R2 takes for a part; all but the last have this size. */
const PART_BYTES = 5 * 1024 * 1024;

/** Writes something into a stream, and closes it or leaves it open; it ends when this answers. */
export type FillStream = (sink: WritableStream<Uint8Array>) => Promise<unknown>;

/**
 * Stores what `fill` writes, whatever its length, and holds no more than one part of it. Nothing is stored when `fill`
 * throws.
 */
export async function putInParts(
  { bucket, key, options }: { bucket: R2Bucket; key: string; options?: R2MultipartOptions },
  fill: FillStream,
): Promise<void> {
  const part = new Uint8Array(PART_BYTES);
  const parts: R2UploadedPart[] = [];
  let upload: R2MultipartUpload | undefined;
  let used = 0;
  const sendPart = async () => {
    upload ??= await bucket.createMultipartUpload(key, options);
    parts.push(await upload.uploadPart(parts.length + 1, part.subarray(0, used)));
    used = 0;
  };
  const sink = new WritableStream<Uint8Array>({
    async write(bytes: Uint8Array) {
      for (let at = 0; at < bytes.byteLength;) {
        if (used === PART_BYTES) await sendPart();
        const more = bytes.subarray(at, at + PART_BYTES - used);
        part.set(more, used);
        used += more.byteLength;
        at += more.byteLength;
      }
    },
  });
  try {
    await fill(sink);
    if (upload === undefined) return void (await bucket.put(key, part.subarray(0, used), options));
    await sendPart();
    await upload.complete(parts);
  } catch (error) {
    await upload?.abort();
    throw error;
  }
}
