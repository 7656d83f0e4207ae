import type { Json } from "#contract/json";
import type { AgentMessage } from "./models/model-api.ts";

/** The most that one tool's result takes of what a model reads, in characters. */
export const RESULT_CHARACTERS = 24_000;
/** What is left of an old result for which there is no room. */
const SHORTENED_CHARACTERS = 400;
/** So many characters are about one token. */
const CHARACTERS_A_TOKEN = 4;

/** What a model reads of a tool's result. What comes from outside is marked as that, and cannot end its mark. Pure. */
export function markResult(content: Json, { untrusted, tool }: { untrusted: boolean; tool: string }): string {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const bounded = cut(text, RESULT_CHARACTERS);
  if (!untrusted) return bounded;
  const inert = bounded.replaceAll(/<(\/?)(untrusted_data)/gi, "<$1 $2");
  return `<untrusted_data tool="${tool}">\n${inert}\n</untrusted_data>`;
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept}\n[cut: ${text.length - kept.length} of ${text.length} characters are left out]`;
}

/** The messages with old results shortened, so that all results together take half of the run's tokens at most. Pure. */
export function trimMessages(messages: readonly AgentMessage[], maxTotalTokens: number): AgentMessage[] {
  let left = (maxTotalTokens / 2) * CHARACTERS_A_TOKEN;
  const newestFirst = messages.toReversed().map((message): AgentMessage => {
    if (message.role !== "tool") return message;
    const isKept = message.text.length <= left;
    const text = isKept ? message.text : shorten(message.text);
    left -= text.length;
    return { ...message, text };
  });
  return newestFirst.toReversed();
}

function shorten(text: string): string {
  if (text.length <= SHORTENED_CHARACTERS) return text;
  const isMarked = text.startsWith("<untrusted_data");
  const rest = "\n[shortened: this result is an old one; call the tool again to see all of it]";
  return `${text.slice(0, SHORTENED_CHARACTERS)}${rest}${isMarked ? "\n</untrusted_data>" : ""}`;
}
