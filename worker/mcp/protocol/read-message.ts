import { JsonTooDeep, parseJson } from "#contract/json";
import type { Json } from "#contract/json";
import { scanJson } from "#contract/json-scan";
import type { JsonFault } from "#contract/json-scan";
import { readAtMost } from "../../platform/bytes.ts";
import { INVALID_REQUEST, PAYLOAD_TOO_LARGE } from "./error-numbers.ts";

/** A request, and what it says where that could be read ahead; then the SDK is spared reading it. */
interface ReadMessage {
  request: Request;
  body: Json | undefined;
  /** What a call of a tool says that did not arrive as it was written. */
  fault: JsonFault | null;
}

/**
 * Reads what a request of at most so many bytes says, whether or not it says how large it is. What is none of JSON stays
 * to be refused by the SDK in the protocol's own words; so does what says that it is larger. A message that is larger all
 * the same, or nested without end, which would be the SDK's failure, is refused by the answer that is given.
 */
export async function readMessage(request: Request, mostBytes: number): Promise<ReadMessage | Response> {
  const length = request.headers.get("content-length");
  if (request.method !== "POST" || !isJson(request) || Number(length ?? 0) > mostBytes)
    return { request, body: undefined, fault: null };
  const text = await readText(request, { length, mostBytes });
  if (text === null)
    return refuseMessage(413, PAYLOAD_TOO_LARGE, `A message has at most ${mostBytes} bytes.`);
  try {
    const body = parseJson(text);
    return { request, body, fault: hasCall(body) ? scanJson(text) : null };
  } catch (error) {
    if (error instanceof JsonTooDeep) return refuseMessage(400, INVALID_REQUEST, `In it ${error.message}.`);
    const { url, method, headers, signal } = request;
    return {
      request: new Request(url, { method, headers, signal, body: text }),
      body: undefined,
      fault: null,
    };
  }
}

const isJson = ({ headers }: Request) =>
  (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() === "application/json";

/** A length that is said is held to by HTTP itself, and read at once. Null for more than is taken. */
async function readText(
  request: Request,
  { length, mostBytes }: { length: string | null; mostBytes: number },
): Promise<string | null> {
  if (length !== null && !request.headers.has("transfer-encoding")) return request.text();
  if (request.body === null) return "";
  const bytes = await readAtMost(request.body, mostBytes);
  return bytes && new TextDecoder().decode(bytes);
}

const refuseMessage = (status: number, code: number, message: string) =>
  Response.json({ jsonrpc: "2.0", id: null, error: { code, message } }, { status });

/** What is said at once: one message, or each of a batch. Pure. */
export const messagesOf = (body: Json | undefined): readonly Json[] =>
  body === undefined ? [] : Array.isArray(body) ? body : [body];

const hasCall = (body: Json) => messagesOf(body).some((one) => isRequestOf(one, "tools/call"));

/** Whether a message, read or not, is one request by this method. Pure. */
export function isRequestOf(body: Json | undefined, method: string): body is Record<string, Json> {
  return typeof body === "object" && body !== null && !Array.isArray(body) && body["method"] === method;
}
