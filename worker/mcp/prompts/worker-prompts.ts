import { schemaOfField } from "#contract/actions/actions-of";
import type { WorkerVersion } from "../../catalog/store.ts";
import type { McpCaller } from "../caller.ts";
import { readBundle } from "../read-bundle.ts";
import { listReadable } from "../resources/list-resources.ts";
import { DEBUG_A_RUN, WRITE_A_WORKER } from "./platform-prompts.ts";
import type { PromptDescriptor, PromptText } from "./prompt-source.ts";

/** More of a skill's text is not put before a model at once. */
const MOST_CHARACTERS = 100_000;
const taken = [WRITE_A_WORKER.name, DEBUG_A_RUN.name];

/** A worker that is a text for a model, and the prompt that it is. */
export interface WorkerPrompt {
  worker: WorkerVersion;
  prompt: PromptDescriptor;
}

/** Each agent that the caller may read, as a prompt with its inputs for arguments, by name. */
export async function listWorkerPrompts(caller: McpCaller): Promise<WorkerPrompt[]> {
  return (await listReadable(caller))
    .filter(({ version: { manifest } }) => !manifest.system_worker && manifest.exec.mode === "agent")
    .map((worker) => ({ worker, prompt: describePrompt(worker) }));
}

function describePrompt({ worker, version: { manifest } }: WorkerVersion): PromptDescriptor {
  return {
    name: taken.includes(worker.name) ? `${worker.name}__skill` : worker.name,
    title: manifest.title,
    description: manifest.description,
    arguments: manifest.exec.inputs.map((field) => ({
      name: field.name,
      description: field.description ?? field.label,
      required: field.required && field.default === undefined,
    })),
  };
}

/** The agent's own text with what it is to be done with; null where it has none. */
export async function buildWorkerPrompt(
  caller: McpCaller,
  { worker, prompt }: WorkerPrompt,
  args: Readonly<Record<string, string>>,
): Promise<PromptText | null> {
  const { name } = worker.worker;
  const files = await readBundle(caller, { worker: name });
  const file = files.find(({ path }) => path === worker.version.manifest.exec.entry);
  if (file === undefined) return null;
  const text = new TextDecoder().decode(await file.read()).slice(0, MOST_CHARACTERS);
  const given = prompt.arguments.flatMap((one) =>
    args[one.name] === undefined ? [] : [[one.name, args[one.name]]],
  );
  const inputs =
    given.length === 0 ? "" : ` Its inputs are:\n\n${JSON.stringify(Object.fromEntries(given), null, 1)}`;
  const task = `Do what the skill below says.${inputs}\n\n${text}`;
  return {
    description: prompt.description,
    messages: [{ role: "user", content: { type: "text", text: task } }],
  };
}

/** What an input of an agent may be, where it is one of a few. Pure. */
export function choicesOf({ version: { manifest } }: WorkerVersion, argument: string): string[] {
  const field = manifest.exec.inputs.find(({ name }) => name === argument);
  if (field === undefined) return [];
  const { enum: choices, type } = schemaOfField(field);
  if (Array.isArray(choices))
    return choices.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  return type === "boolean" ? ["true", "false"] : [];
}
