import { limits } from "#contract/limits";
import { readAtMost } from "../platform/bytes.ts";
import { describeError, log } from "../platform/log.ts";
import type { Dial } from "../platform/network/dial-client.ts";
import { readClientDocument } from "./client-document.ts";
import type { ClientDocument } from "./client-document.ts";

// owns how a client's document is fetched: by the door for addresses that strangers have named, once, in time, and no more
// of it than such a document has.

/** The document at a client's address; null where there is none that can be used, and why is written down. */
export async function fetchClientDocument(dial: Dial, address: string): Promise<ClientDocument | null> {
  try {
    const answer = await dial(address, {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(limits.client_document_seconds.value * 1000),
    });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new Error(`it is answered ${answer.status}`);
    }
    const document = readClientDocument(await readShort(answer), address);
    if (document === null) throw new Error("what stands there does not describe this client");
    return document;
  } catch (error) {
    log("warn", "oauth.document_unread", {
      host: URL.parse(address)?.host ?? "",
      error: describeError(error),
    });
    return null;
  }
}

async function readShort(answer: Response): Promise<string> {
  const most = limits.client_document_bytes.value;
  const bytes = answer.body === null ? new Uint8Array() : await readAtMost(answer.body.values(), most);
  if (bytes === null) throw new Error(`it has more than ${most} bytes`);
  return new TextDecoder().decode(bytes);
}
