import type { IncomingMessage } from "node:http";
import { ApiError } from "./api-error.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** The JSON body of a request; undefined when it is empty. Throws ApiError for too much or for no JSON. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    // A request gives bytes until somebody names it an encoding, and nobody here does.
    if (!Buffer.isBuffer(chunk)) throw new TypeError("the body was read as text");
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new ApiError(413, `the body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, "the body is not JSON");
  }
}
