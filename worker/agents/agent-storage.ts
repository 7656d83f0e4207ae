import * as z from "zod";
import { defineDocument, defineUnmarked, storedJsonSchema } from "../platform/objects/stored-document.ts";
import type { AgentMessage } from "./models/model-api.ts";
import { leftOutputSchema } from "./tools/left-output.ts";
import type { LeftOutput } from "./tools/left-output.ts";

const pendingCallSchema = z.object({
  /** Of the whole run: how the gate knows the call. */
  call_id: z.string(),
  /** As the model knows it. */
  id: z.string(),
  tool: z.string(),
  arguments: storedJsonSchema,
  /** Why it is not made: what the model wrote is no JSON. Null for one that may be. */
  fault: z.string().nullable(),
});
export type PendingCall = z.infer<typeof pendingCallSchema>;

const agentStateSchema = z.object({
  started_at: z.number(),
  /** How long people were waited for, which is none of its time; and since when they are. */
  held_ms: z.number(),
  held_since: z.number().nullable(),
  /** Turns that the model has taken. */
  turn: z.int(),
  /** Requests to models, those that failed among them. */
  asked: z.int(),
  /** Which of the models is asked, and how often in a row it has failed. */
  model_at: z.int(),
  failures: z.int(),
  /** Messages that are kept. */
  messages: z.int(),
  /** What the model wants called, in its order, and how many of these are over. */
  calls: z.array(pendingCallSchema),
  called: z.int(),
  /** A run that was started by a call, which is waited for. */
  child: z.object({ run_id: z.string(), polls: z.int() }).nullable(),
  /** A command that was started by a call, which is waited for until then at most. */
  command: z.object({ call_id: z.string(), until: z.number(), polls: z.int() }).nullable().default(null),
  /** The one corrective turn: `due` while it was not taken. */
  correction: z.enum(["none", "due", "taken"]),
  /** The model has nothing more to say. */
  is_over: z.boolean(),
  /** How often in a row the last call was made with the same arguments. */
  last_call: z.string(),
  repeats: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  /** In dollars; of those answers whose price is known. */
  cost_usd: z.number(),
  cost_is_partial: z.boolean(),
});
export type AgentState = z.infer<typeof agentStateSchema>;
const stateDocument = defineDocument<AgentState>("state of an agent", agentStateSchema);

const outputDocument = defineDocument<LeftOutput>("output of an agent", leftOutputSchema);

const messageForm = defineUnmarked(
  "message of an agent",
  z.custom<AgentMessage>((value) => value !== undefined),
);
const textForm = defineUnmarked("text of an agent", z.string());
const sandboxForm = defineUnmarked("sandbox of an agent's command", z.string());
const flagForm = defineUnmarked("end of an agent", z.boolean());

/** What an agent asks of its attempt's storage. */
export type AgentEntries = Pick<SyncKvStorage, "get" | "put" | "list">;

const STATE = "agent:state";
const SYSTEM = "agent:system";
const FINISHED = "agent:finished";
const MESSAGE = "agent:message:";
const OUTPUT = "agent:output:";
const COMMAND = "agent:command:";

/** How an agent begins. Pure. */
export function newState(now: number): AgentState {
  return {
    started_at: now,
    held_ms: 0,
    held_since: null,
    turn: 0,
    asked: 0,
    model_at: 0,
    failures: 0,
    messages: 0,
    calls: [],
    called: 0,
    child: null,
    command: null,
    correction: "none",
    is_over: false,
    last_call: "",
    repeats: 0,
    input_tokens: 0,
    output_tokens: 0,
    cost_usd: 0,
    cost_is_partial: false,
  };
}

/**
 * What an agent remembers between two steps, in its attempt's storage:
 *   agent:state        where it stands
 *   agent:system       its instructions, put together once
 *   agent:message:<n>  what was said, each once
 *   agent:output:<name>, agent:finished   what it has left
 *   agent:command:<call>  in which sandbox a command was begun
 */
export class AgentStorage {
  readonly #kv: AgentEntries;

  constructor(kv: AgentEntries) {
    this.#kv = kv;
  }

  load(): AgentState | null {
    const stored = this.#kv.get(STATE);
    return stored === undefined ? null : stateDocument.read(stored);
  }

  save(state: AgentState): void {
    this.#kv.put(STATE, stateDocument.write(state));
  }

  get system(): string {
    return textForm.read(this.#kv.get(SYSTEM));
  }

  keepSystem(text: string): void {
    this.#kv.put(SYSTEM, text);
  }

  /** Keeps one more message as the number that the state says it gets. */
  keepMessage(number: number, message: AgentMessage): void {
    this.#kv.put(MESSAGE + String(number).padStart(6, "0"), message);
  }

  messages(): AgentMessage[] {
    return [...this.#kv.list({ prefix: MESSAGE })].map(([, stored]) => messageForm.read(stored));
  }

  keepOutput(name: string, output: LeftOutput): void {
    this.#kv.put(OUTPUT + name, outputDocument.write(output));
  }

  outputs(): Map<string, LeftOutput> {
    const all = [...this.#kv.list({ prefix: OUTPUT })];
    return new Map(all.map(([key, stored]) => [key.slice(OUTPUT.length), outputDocument.read(stored)]));
  }

  /** In which sandbox a call has begun its command; null where it has not. */
  commandSandbox(callId: string): string | null {
    const stored = this.#kv.get(COMMAND + callId);
    return stored === undefined ? null : sandboxForm.read(stored);
  }

  keepCommand(callId: string, sandboxId: string): void {
    this.#kv.put(COMMAND + callId, sandboxId);
  }

  get isFinished(): boolean {
    const stored = this.#kv.get(FINISHED);
    return stored !== undefined && flagForm.read(stored);
  }

  finish(): void {
    this.#kv.put(FINISHED, true);
  }
}
