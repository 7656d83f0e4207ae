import { limits } from "#contract/limits";
import type { Json } from "#contract/json";

const encoder = new TextEncoder();
const sizeOf = (value: unknown) => encoder.encode(JSON.stringify(value) ?? "").byteLength;

/** Text up to so many bytes, and whether any was left out. A character that does not fit whole is left out. Pure. */
export function cutText(text: string, most: number): { text: string; isCut: boolean } {
  const bytes = encoder.encode(text);
  if (bytes.byteLength <= most) return { text, isCut: false };
  const kept = new TextDecoder().decode(bytes.subarray(0, Math.max(most, 0)));
  return { text: kept.replace(/\uFFFD+$/, ""), isCut: true };
}

/** An answer as it was, or as much of its text as is kept. Pure. */
export function boundJson(value: Json, most = limits.connection_answer_bytes.value): Json {
  if (sizeOf(value) <= most) return value;
  const { text } = cutText(typeof value === "string" ? value : JSON.stringify(value), Math.floor(most / 2));
  return { text, truncated: true };
}

/** What an MCP server gave back: blocks of text, and perhaps a value. */
export interface McpAnswer {
  content: readonly Record<string, unknown>[];
  structured: Json | null;
}

/**
 * The blocks of an answer, as many and as much of them as are kept; pictures and other bytes are named instead of being
 * given to a model. Pure.
 */
export function boundMcpAnswer({ content, structured }: McpAnswer): Json {
  let left = limits.connection_answer_bytes.value;
  let isCut = false;
  const blocks: Json[] = [];
  for (const block of content) {
    const plain = toPlainBlock(block);
    const { text, isCut: isThisCut } = cutText(plain.text, left);
    isCut ||= isThisCut;
    if (text !== "" || !isThisCut) blocks.push({ ...plain, text });
    left -= encoder.encode(text).byteLength + 64;
    if (left <= 0 && block !== content.at(-1)) {
      isCut = true;
      break;
    }
  }
  const fits = structured !== null && sizeOf(structured) <= Math.max(left, 0);
  return {
    content: blocks,
    ...(fits ? { structured } : {}),
    ...(isCut || (structured !== null && !fits) ? { truncated: true } : {}),
  };
}

function toPlainBlock(block: Record<string, unknown>): { type: string; text: string } {
  const type = typeof block["type"] === "string" ? block["type"] : "unknown";
  if (type === "text" && typeof block["text"] === "string") return { type, text: block["text"] };
  const { data, mimeType, resource, uri, name } = block;
  if (typeof data === "string")
    return {
      type: "text",
      text: `[${type} ${String(mimeType)}, ${Math.floor((data.length * 3) / 4)} bytes, left out]`,
    };
  if (
    typeof resource === "object" &&
    resource !== null &&
    "text" in resource &&
    typeof resource.text === "string"
  )
    return { type: "text", text: resource.text };
  const where = typeof uri === "string" ? uri : typeof name === "string" ? name : "";
  return { type: "text", text: `[${type} ${where}, left out]` };
}

/** The text of an answer, for a message. Pure. */
export function textOf(content: readonly Record<string, unknown>[]): string {
  const texts = content
    .map((block) => (typeof block["text"] === "string" ? block["text"] : ""))
    .filter(Boolean);
  return cutText(texts.join("\n"), 2000).text;
}
