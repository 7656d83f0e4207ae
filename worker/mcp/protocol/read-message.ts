import { parseJson } from "#contract/json";
import type { Json } from "#contract/json";

/** A request, and what it says where that could be read ahead; then the SDK is spared reading it. */
interface ReadMessage {
  request: Request;
  body: Json | undefined;
}

/**
 * Reads what a request of at most so many bytes says. What is none of JSON, is larger or does not say how large it is,
 * stays to be read and refused by the SDK in the protocol's own words.
 */
export async function readMessage(request: Request, mostBytes: number): Promise<ReadMessage> {
  const length = Number(request.headers.get("content-length") ?? "NaN");
  const isJson = (request.headers.get("content-type") ?? "").startsWith("application/json");
  if (request.method !== "POST" || !isJson || !(length > 0 && length <= mostBytes))
    return { request, body: undefined };
  const text = await request.text();
  try {
    return { request, body: parseJson(text) };
  } catch {
    const { url, method, headers, signal } = request;
    return { request: new Request(url, { method, headers, signal, body: text }), body: undefined };
  }
}

/** Whether a message, read or not, is one request by this method. Pure. */
export function isRequestOf(body: Json | undefined, method: string): body is Record<string, Json> {
  return typeof body === "object" && body !== null && !Array.isArray(body) && body["method"] === method;
}
