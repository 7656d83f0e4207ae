// Owns what an agent hands over: declared outputs, in storage before it is told that they are there, and its own log.
// Never takes what worker.yml does not declare.
// Writes files of the run, and what is left of each output.
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import type { Field } from "#contract/manifest/manifest";
import { sha256Hex } from "../../platform/crypto.ts";
import { isObject } from "../../registry/actions/compile-schema.ts";
import type { Files } from "../../platform/files.ts";
import type { ToolDefinition, ToolDriver, ToolWish } from "../../tools/gate-api.ts";
import type { LeftOutput } from "./left-output.ts";
import { finishSchema, outputFault, outputPath, outputSchema } from "./output-schema.ts";

export const FINISH = "finish_with_outputs";
const LEVELS = ["debug", "info", "warning", "error"];

/** Where what is left of outputs is kept. */
interface OutputShelf {
  outputs: () => ReadonlyMap<string, LeftOutput>;
  keepOutput: (name: string, output: LeftOutput) => void;
  /** The agent has handed over all that it has. */
  finish: () => void;
}

export interface OutputDeps {
  runId: string;
  outputs: readonly Field[];
  storage: OutputShelf;
  files: Pick<Files, "putRunFile">;
}

const inRun = {
  source: "builtin",
  effect: "read",
  method: null,
  approval: "never",
  calls_per_minute: null,
  repeatable: true,
  untrusted: false,
} as const;

/** write_output, finish_with_outputs and log: what they change is the run's own. */
export function openOutputDriver(deps: OutputDeps): ToolDriver {
  return {
    list: () => listTools(deps),
    prepare: (wish) => {
      const fault = findFault(deps, wish);
      return fault === null ? { request: wish.arguments, credentials: [] } : { fault };
    },
    execute: async ({ tool, arguments: given }) => {
      if (tool === "log") return { ok: true, content: { ok: true } };
      const values = valuesOf(tool, given);
      for (const field of deps.outputs) {
        const value = values[field.name];
        if (value !== undefined) await keep(deps, field, value);
      }
      if (tool === FINISH) deps.storage.finish();
      return { ok: true, content: { ok: true, written: Object.keys(values) } };
    },
  };
}

function listTools({ outputs, storage }: OutputDeps): ToolDefinition[] {
  const left = storage.outputs();
  const write: ToolDefinition = {
    ...inRun,
    name: "write_output",
    description: "Writes one declared output now. Writing it again takes the place of what was there.",
    input_schema: {
      type: "object",
      properties: {
        name: { enum: outputs.map(({ name }) => name) },
        content: { description: "The output itself, not a path." },
      },
      required: ["name", "content"],
      additionalProperties: false,
    },
  };
  return [
    ...(outputs.length > 0 ? [write] : []),
    {
      ...inRun,
      name: FINISH,
      description: "Hands over all outputs and ends the run.",
      input_schema: finishSchema(outputs, ({ name }) => left.has(name)),
    },
    {
      ...inRun,
      name: "log",
      description: "Writes a line into the log of the run, for people.",
      input_schema: {
        type: "object",
        properties: { message: { type: "string", minLength: 1, maxLength: 2000 }, level: { enum: LEVELS } },
        required: ["message"],
        additionalProperties: false,
      },
    },
  ];
}

function valuesOf(tool: string, given: Json): Record<string, Json> {
  const values = isObject(given) ? given : {};
  if (tool === FINISH) return values;
  const { name, content = null } = values;
  return typeof name === "string" ? { [name]: content } : {};
}

function findFault({ outputs }: OutputDeps, { tool, arguments: given }: ToolWish): string | null {
  if (tool === "log") return null;
  const values = valuesOf(tool, given);
  for (const field of outputs) {
    const value = values[field.name];
    if (value === undefined) continue;
    const type = outputSchema(field)["type"];
    if (tool !== FINISH && type === "string" && typeof value !== "string")
      return `${field.name} has to be text.`;
    const fault = outputFault(field, value);
    if (fault !== null) return fault;
  }
  const scalars = outputs.flatMap(({ name, kind }) => (kind === "scalar" ? [values[name] ?? null] : []));
  return JSON.stringify(scalars).length > limits.inline_outputs_bytes.value / 2
    ? "The outputs that are no files are too large together: shorten them."
    : null;
}

async function keep({ runId, storage, files }: OutputDeps, field: Field, value: Json): Promise<void> {
  if (field.kind === "scalar") return storage.keepOutput(field.name, { value, file: null });
  const text = typeof value === "string" ? value : `${JSON.stringify(value, null, 2)}\n`;
  const bytes = new TextEncoder().encode(text);
  const sha256 = await sha256Hex(bytes);
  await files.putRunFile({ runId, sha256 }, bytes);
  const path = outputPath(field);
  const media_type = field.media_type ?? "application/octet-stream";
  storage.keepOutput(field.name, {
    value: path,
    file: { path, sha256, size_bytes: bytes.byteLength, media_type },
  });
}
