import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import type { ToolEffect } from "#contract/trust/tiers";

/** Who carries a call out: the edge itself, a declared HTTP tool, a connection, a sandbox, another worker. */
export type ToolSource = "builtin" | "http" | "mcp" | "composio" | "connection" | "sandbox" | "worker";

/** A tool as the gate knows it, and as a model is told of it. */
export interface ToolDefinition {
  name: string;
  description: string;
  source: ToolSource;
  effect: ToolEffect;
  /** Of the request, upper case; null for what is no HTTP request. */
  method: string | null;
  /** What arguments must be; unknown members are refused where it says so. */
  input_schema: JsonSchema;
  /** `always`: a person approves each call, whatever the tier and the rules say. */
  approval: "never" | "always";
  calls_per_minute: number | null;
  /** A call that was begun and not answered may be made again: it changes nothing, or the other side knows its key. */
  repeatable: boolean;
  /** What it gives back comes from outside: a model is told not to obey it, and the run counts as tainted from then on. */
  untrusted: boolean;
}

/** Something that somebody wants done to the world outside. The same `call_id` is the same call for ever. */
export interface ToolWish {
  call_id: string;
  tool: string;
  arguments: Json;
  /** The arguments are those that a person has approved in place of the caller's. */
  edited?: true;
}

/**
 * A call as exactly it will be made. Secrets stand in it by name, `{{secret:NAME}}`, in places that the tool's author wrote;
 * a value that came in as an argument can never become one.
 */
export interface PreparedCall {
  /** What people are shown before they approve, and what is kept: the whole request, without a secret's value. */
  request: Json;
  /** Names of the secrets that it takes, each with the hosts it goes to. */
  credentials: readonly { name: string; hosts: readonly string[] }[];
}

export type ToolAnswer =
  /** `more`: there is more than was asked for. */
  | { ok: true; content: Json; more?: true }
  /** `sent`: whether anything can have arrived there. */
  | { ok: false; code: string; message: string; retryable: boolean; sent: boolean; content?: Json };

/** What makes calls of one kind. The gate alone calls `execute`; nothing else in the edge has a side effect. */
export interface ToolDriver {
  list: () => readonly ToolDefinition[];
  /** Builds the exact request, or says what is wrong with the arguments. No effect; may read what the run already has. */
  prepare: (
    wish: ToolWish,
  ) =>
    | Promise<PreparedCall | { fault: string; pointer?: string }>
    | PreparedCall
    | { fault: string; pointer?: string };
  /**
   * Makes the call. `credentials` are values by name; `comment` is what the person said who let it through, null where nobody was
   * asked or they said nothing. Never throws for what the other side does.
   */
  execute: (
    call: PreparedCall & ToolWish,
    with_: { credentials: Readonly<Record<string, string>>; comment?: string | null; signal: AbortSignal },
  ) => Promise<ToolAnswer>;
}

/** What the gate answers. `held` and `later`: the same wish is to be made again, after the decision or after the time. */
export type GateReply =
  | { kind: "answered"; answer: ToolAnswer; edited: boolean }
  | { kind: "held"; approval_id: string }
  | { kind: "later"; retry_at: number }
  /** Not made, and never will be. `code`: tool_unknown, arguments_invalid, tier_forbids, rejected, credential_denied, ... */
  | { kind: "denied"; code: string; message: string };

/** The one way to an effect. Everything it decides is on the record before it acts; a repeat gives the same answer. */
export interface Gate {
  tools: () => readonly ToolDefinition[];
  call: (wish: ToolWish) => Promise<GateReply>;
}
