import * as z from "zod";
import { httpToolSchema } from "#contract/manifest/http-tool";
import type { Manifest } from "#contract/manifest/manifest";
import type { Inputs } from "#contract/runs/run";
import { toolsInForce } from "../../registry/http/build-http.ts";
import { isMet } from "../../registry/is-met.ts";
import { memoryOf } from "../../registry/memory-of.ts";

/** What an agent is, frozen into its run's spec: its instructions lie in the bundle. */
export const agentSpecSchema = z.object({
  /** Path of the instructions in the bundle. */
  entry: z.string(),
  /** Whether it has no file of instructions, and needs none. */
  has_no_entry: z.boolean().default(false),
  /** As worker.yml or the workspace says; null where neither does. */
  model: z.string().nullable(),
  /** Takes over where the model's provider fails. */
  fallback_model: z.string().nullable().default(null),
  system_prompt: z.string().nullable(),
  max_tool_iterations: z.int(),
  max_output_tokens: z.int(),
  max_total_tokens: z.int(),
  timeout_seconds: z.number(),
  /** Names of tools that it is not given. */
  disable_tools: z.array(z.string()).readonly(),
  /** Declared HTTP tools that it may call. */
  http_tools: z.array(httpToolSchema).default([]),
  /** What it remembers from run to run: the folder of that, and whether this run may add to it. Null for none. */
  memory: z.object({ folder: z.string(), writeable: z.boolean() }).nullable().default(null),
});
export type AgentSpec = z.infer<typeof agentSpecSchema>;

/** What a workspace says of models where worker.yml says nothing. */
export interface ModelSettings {
  default_model: string | null;
  fallback_model: string | null;
}

/** What a version's agent is; null for a worker that is none. Pure. */
export function buildAgentSpec(
  manifest: Manifest,
  { models: { default_model, fallback_model }, inputs }: { models: ModelSettings; inputs: Inputs },
): AgentSpec | null {
  const { exec, limits } = manifest;
  if (exec.mode !== "agent") return null;
  const memory = memoryOf(manifest);
  return {
    entry: exec.entry,
    has_no_entry: exec.runtime === "none",
    model: manifest.model ?? default_model,
    fallback_model,
    system_prompt: manifest.system_prompt ?? null,
    max_tool_iterations: limits.max_tool_iterations,
    max_output_tokens: limits.max_output_tokens,
    max_total_tokens: limits.max_total_tokens,
    timeout_seconds: limits.timeout_seconds,
    disable_tools: exec.disable_tools,
    http_tools: toolsInForce(manifest),
    memory: memory && {
      folder: memory.folder,
      writeable: memory.writeableWhen === null || isMet(memory.writeableWhen, inputs),
    },
  };
}
