import type { McpCaller } from "../caller.ts";
import type { ToolContent } from "../tool-result.ts";

/** A prompt as a client's list has it. */
export interface PromptDescriptor {
  name: string;
  title: string;
  description: string;
  arguments: { name: string; description: string; required: boolean }[];
  /** The SDK's results are open. */
  [more: string]: unknown;
}

export interface PromptPage {
  prompts: PromptDescriptor[];
  /** Where the list goes on; absent at its end. */
  nextCursor?: string;
  [more: string]: unknown;
}

/** What a client puts before its model. */
export interface PromptText {
  description: string;
  messages: { role: "user" | "assistant"; content: ToolContent }[];
  [more: string]: unknown;
}

/** A prompt, or the arguments without which there is none. */
export type GivenPrompt = { kind: "text"; text: PromptText } | { kind: "missing"; names: readonly string[] };

/** What is asked in completion of an argument. */
export interface CompletionWish {
  /** A prompt by its name, or a template of resources by its pattern. */
  of: { prompt: string } | { template: string };
  argument: string;
  /** As far as it is written. */
  value: string;
  /** The other arguments, as far as they are known. */
  known: Readonly<Record<string, string>>;
}

/** What a client may put before its model, and how its arguments are completed. */
export interface PromptSource {
  /** One page; null where `cursor` is none that was given out. */
  list: (caller: McpCaller, cursor: string | undefined) => Promise<PromptPage | null>;
  get: (
    caller: McpCaller,
    wish: { name: string; args: Readonly<Record<string, string>> },
  ) => Promise<GivenPrompt | null>;
  /** All that begin as it was written, the likeliest first; empty where nothing is known. */
  complete: (caller: McpCaller, wish: CompletionWish) => Promise<readonly string[]>;
}
