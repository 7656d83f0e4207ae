import type { Json } from "#contract/json";
import type { RunDetail } from "#contract/runs/run";
import type { McpCaller } from "./caller.ts";
import type { OutputSchema } from "./schemas/tool-output.ts";
import type { ClientAbilities } from "./sessions/client-abilities.ts";
import type { ClientSession } from "./sessions/client-session.ts";
import type { ToolResult } from "./tool-result.ts";

/** A tool as a client's list has it. */
export interface ToolDescriptor {
  name: string;
  title: string;
  description: string;
  inputSchema: { type: "object"; [more: string]: Json };
  /** What `structuredContent` always is: clients refuse an answer that is something else. */
  outputSchema: OutputSchema;
  annotations: {
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
}

/** The stream of a call, whose client answers what it is asked there by another request. */
export interface CallStream {
  /** The client, which can be asked something. */
  session: ClientSession;
  send: (message: { id?: string; method: string; params: Record<string, unknown> }) => Promise<void>;
}

/** One call of a tool. */
export interface ToolCall {
  name: string;
  args: Readonly<Record<string, Json>>;
  /** Under this key a call that comes again starts nothing a second time; null for none. */
  idempotencyKey: string | null;
  /** By what a run that it starts is found again, should the client cancel; null where there is no session to do that in. */
  mark: string | null;
  /** Tells whoever waits what happens meanwhile; null where nobody asked. */
  progress: ((message: string) => Promise<void>) | null;
  /** Aborted when the client gives the call up. */
  signal: AbortSignal;
  /** By what a client of the first era is asked something meanwhile; null for all others, and where it can ask nobody. */
  stream: CallStream | null;
  /** What the client can do with an answer. */
  client: ClientAbilities;
  /** What the client gave back of a call that asked its person: the run that asked, and the answers; null for a new call. */
  resumes: { run: string; answers: Readonly<Record<string, unknown>> } | null;
}

/** A call whose run is not over, and that the protocol has more to say of than a result does. */
export interface OpenCall {
  open: { run: RunDetail; as: "task" | "question" };
}

export type ToolAnswer = ToolResult | OpenCall;

/** Some of the tools of a workspace. */
export interface ToolSource {
  list: (caller: McpCaller) => Promise<readonly ToolDescriptor[]>;
  /** What the call gives; null where the name is none of its tools. */
  call: (caller: McpCaller, call: ToolCall) => Promise<ToolAnswer | null>;
}
