import type { Json } from "#contract/json";
import type { ToolAnswer } from "./gate-api.ts";

/** The most that the content of one answer may take, as characters of JSON. */
export const ANSWER_CHARACTERS = 128 * 1024;

/** An answer that can be kept and handed on: what is too large is cut, and says so. Pure. */
export function boundAnswer(answer: ToolAnswer): ToolAnswer {
  if (answer.content === undefined) return answer;
  const content = boundContent(answer.content);
  return { ...answer, content };
}

function boundContent(content: Json): Json {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  if (text.length <= ANSWER_CHARACTERS) return content;
  // Half of a pair of surrogates is no text.
  const kept = text.slice(0, ANSWER_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept}\n[cut: ${text.length - kept.length} of ${text.length} characters are left out]`;
}
