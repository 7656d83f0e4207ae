import * as z from "zod";
import type { Json } from "#contract/json";
import { parseJson } from "#contract/json";
import { isObject } from "../../registry/actions/compile-schema.ts";
import type {
  AgentModel,
  AgentMessage,
  HearModel,
  ModelReply,
  ModelRequest,
  WantedCall,
} from "./model-api.ts";

/** The file of a bundle that says what the scripted model answers. */
export const SCRIPT_PATH = "scripted-model.json";

const turnSchema = z.strictObject({
  /** Only in runs with these inputs. */
  when: z.strictObject({ inputs: z.record(z.string(), z.json()) }).optional(),
  text: z.string().optional(),
  /** Says its text word by word, with so many milliseconds before each. */
  word_ms: z.int().min(1).max(1000).optional(),
  reasoning: z.string().optional(),
  calls: z
    .array(
      z.strictObject({
        tool: z.string(),
        arguments: z.json().optional(),
        /** What the model writes instead of arguments, be it no JSON. */
        raw: z.string().optional(),
      }),
    )
    .optional(),
  finish: z.enum(["stop", "length", "refused"]).optional(),
  usage: z.strictObject({ input_tokens: z.int(), output_tokens: z.int() }).optional(),
  error: z
    .strictObject({
      code: z.enum(["llm_auth_error", "llm_quota_exceeded", "llm_rate_limited", "llm_provider_error"]),
      message: z.string().default("as the script says"),
      retry_after_seconds: z.number().nonnegative().optional(),
    })
    .optional(),
});
const scriptSchema = z.strictObject({ turns: z.array(turnSchema).min(1).max(500) });
export type ModelScript = z.infer<typeof scriptSchema>;
type ScriptTurn = z.infer<typeof turnSchema>;

/** Reads a script. Throws an Error that says what is wrong with it. Pure. */
export function readScript(text: string): ModelScript {
  const parsed = scriptSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${SCRIPT_PATH}: /${issue?.path.join("/") ?? ""} ${issue?.message ?? "is no script"}.`);
}

/** What is answered where a bundle has no script: values like an example's, and a word that they are that. Pure. */
export function buildDefaultScript(example: Readonly<Record<string, Json>>): ModelScript {
  const text = `No model was asked: this is the scripted model, and the bundle has no ${SCRIPT_PATH}. The outputs are made up.`;
  return { turns: [{ text, calls: [{ tool: "finish_with_outputs", arguments: { ...example } }] }] };
}

const SCRIPT_ENDED: ModelReply = {
  kind: "failed",
  code: "llm_provider_error",
  message: "The scripted model has no further turn.",
  retryable: false,
  retry_after_ms: null,
};

/** A stand-in for a model that says what a file says, turn by turn, and costs nothing. */
export function openScriptedModel(
  script: ModelScript,
  { inputs, reason }: { inputs: Readonly<Record<string, Json>>; reason: string },
): AgentModel {
  const turns = script.turns.filter(({ when }) => fits(when?.inputs ?? {}, inputs));
  return {
    name: "scripted",
    notice: `SCRIPTED MODEL: no real model is asked (${reason}). What the agent says comes from a file.`,
    ask: async ({ asked, messages, hear, signal }: ModelRequest) => {
      const turn = turns[asked];
      if (turn === undefined) return SCRIPT_ENDED;
      const told = { asked, inputs, messages };
      if (turn.word_ms !== undefined && turn.text !== undefined)
        await sayWords(fillText(turn.text, told), { pauseMs: turn.word_ms, hear, signal });
      return answer(turn, told);
    },
  };
}

/** Says a text word by word, as a model does that is asked over a stream. */
async function sayWords(
  text: string,
  { pauseMs, hear, signal }: { pauseMs: number; hear: HearModel | undefined; signal: AbortSignal },
): Promise<void> {
  for (const word of text.matchAll(/\S+\s*/g)) {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, pauseMs);
    });
    hear?.("text", text.slice(0, word.index + word[0].length));
  }
}

function fits(wanted: Readonly<Record<string, Json>>, inputs: Readonly<Record<string, Json>>): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => JSON.stringify(inputs[name]) === JSON.stringify(value),
  );
}

interface Told {
  asked: number;
  inputs: Readonly<Record<string, Json>>;
  messages: readonly AgentMessage[];
}

function answer(turn: ScriptTurn, told: Told): ModelReply {
  const { error } = turn;
  if (error !== undefined) {
    const { code, message, retry_after_seconds: seconds } = error;
    const retryable = code === "llm_rate_limited" || code === "llm_provider_error";
    const retry_after_ms = seconds === undefined ? null : seconds * 1000;
    return { kind: "failed", code, message, retryable, retry_after_ms };
  }
  const calls = (turn.calls ?? []).map((call, at): WantedCall => {
    const input = call.raw ?? JSON.stringify(fillValue(call.arguments ?? {}, told));
    return { id: `script-${told.asked}-${at}`, tool: call.tool, input };
  });
  const usage = turn.usage ?? { input_tokens: 100, output_tokens: 20 };
  return {
    kind: "answered",
    parts: [
      ...(turn.reasoning === undefined
        ? []
        : [{ type: "reasoning" as const, text: fillText(turn.reasoning, told) }]),
      ...(turn.text === undefined ? [] : [{ type: "text" as const, text: fillText(turn.text, told) }]),
    ],
    calls,
    finish: turn.finish ?? (calls.length > 0 ? "calls" : "stop"),
    usage: { ...usage, cached_tokens: 0 },
  };
}

function fillValue(value: Json, told: Told): Json {
  if (typeof value === "string") {
    const whole = /^\{\{([\w.]+)\}\}$/.exec(value)?.[1];
    return whole === undefined ? fillText(value, told) : lookUp(whole, told);
  }
  if (Array.isArray(value)) return value.map((item) => fillValue(item, told));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fillValue(inner, told)]));
}

/** `{{inputs.name}}` is an input, `{{result.x.y}}` something in the last tool's result. */
function fillText(text: string, told: Told): string {
  return text.replaceAll(/\{\{([\w.]+)\}\}/g, (_whole, path: string) => {
    const value = lookUp(path, told);
    return typeof value === "string" ? value : JSON.stringify(value);
  });
}

function lookUp(path: string, { inputs, messages }: Told): Json {
  const [root, ...steps] = path.split(".");
  const last = messages.findLast((message) => message.role === "tool");
  let value: Json =
    root === "inputs" ? { ...inputs } : root === "result" ? readResult(last?.text ?? "") : null;
  for (const step of steps)
    value = isObject(value) && Object.hasOwn(value, step) ? (value[step] ?? null) : null;

  return value;
}

function readResult(text: string): Json {
  const inner = text.replaceAll(/<\/?untrusted_data[^>]*>\n?/g, "").trim();
  try {
    return parseJson(inner);
  } catch {
    return inner;
  }
}
