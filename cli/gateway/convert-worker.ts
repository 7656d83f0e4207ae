import { stringify } from "yaml";
import { convertSubprocess, stubOf } from "./convert-processor.ts";
import { fieldsOf } from "./fields.ts";
import { limitsOf } from "./limits-of.ts";
import { aliasOf, workerNameOf } from "./names.ts";
import type { EntryDraft, ImportEntry, WorkerFolder } from "./report.ts";
import { isMap, listOf, mapOf, textOf, textsOf } from "./yaml-source.ts";
import type { Yaml, YamlMap, YamlSource } from "./yaml-source.ts";

/** What the conversion of an entry gives: a folder, unless it is refused. */
export interface Converted {
  entry: ImportEntry;
  folders: WorkerFolder[];
}

/** What entries are converted with. */
export interface Tools {
  /** Which model stands for a tier, e.g. standard. */
  models: Readonly<Record<string, string>>;
  /** Whether a worker of which only the schemas are known becomes a script that fails and says so. */
  stubs: boolean;
  /** A table of a SQLite file: its columns with what they were declared as; null where there is no such table, or file. */
  readTable: (path: string, table: string) => Readonly<Record<string, string>> | null;
  /** A text file beside a configuration; null where it is not there, or lies elsewhere. */
  readText: (path: string) => string | null;
}

const KNOWN = [
  "name",
  "description",
  "worker_kind",
  "system_prompt",
  "processing_backend",
  "backend_config",
  "input_schema",
  "output_schema",
  "input_schema_ref",
  "output_schema_ref",
  "default_model_tier",
  "max_input_tokens",
  "max_output_tokens",
  "timeout_seconds",
  "reset_after_task",
  "knowledge_sources",
  "knowledge_silos",
  "workspace_dir",
  "resolve_file_refs",
];
const TIERS = ["local", "standard", "frontier"];

/** An LLM worker becomes an agent; a processor names Python code that only its own process can import. */
export function convertWorker(
  source: YamlSource,
  { entry, draft, tools }: { entry: YamlMap; draft: EntryDraft; tools: Tools },
): Converted {
  const { value } = source;
  const refuse = (reason: string): Converted => ({ entry: draft.refuse(reason), folders: [] });
  const kind = textOf(value["worker_kind"]) ?? "llm";
  const shown = textOf(entry["name"]) ?? textOf(value["name"]);
  if (shown === undefined) return refuse("It has no name.");
  const worker = workerNameOf(shown);
  if (worker === null) return refuse(`Of the name ${shown} nothing is left that a worker may be called.`);
  const foreign = ["input_schema", "output_schema"].find(
    (key) => !isMap(value[key]) && value[`${key}_ref`] !== undefined,
  );
  if (foreign !== undefined) {
    return refuse(
      `${foreign}_ref on line ${source.lineOf([`${foreign}_ref`])} names a Python class. Write ${foreign} itself.`,
    );
  }
  const named = { shown, worker };
  return kind === "llm"
    ? convertAgent(source, { entry, draft, tools, ...named })
    : convertProcessor(source, { entry, draft, tools, ...named });
}

interface NamedWorker {
  entry: YamlMap;
  draft: EntryDraft;
  tools: Tools;
  shown: string;
  worker: string;
}

function convertAgent(source: YamlSource, { entry, draft, tools, shown, worker }: NamedWorker): Converted {
  const { value } = source;
  const refuse = (reason: string): Converted => ({ entry: draft.refuse(reason), folders: [] });
  const prompt = textOf(value["system_prompt"]);
  if (prompt === undefined) return refuse("It has no system_prompt.");
  noteRest(source, draft);
  const tier = textOf(entry["tier"]) ?? textOf(value["default_model_tier"]);
  const model = tier === undefined ? undefined : tools.models[tier];
  if (tier !== undefined && !TIERS.includes(tier))
    return refuse(`The tier ${tier} is none of ${TIERS.join(", ")}.`);
  if (tier !== undefined && model === undefined) {
    draft.next.push(
      `It asked for the tier ${tier}: name a model by --model ${tier}=provider/name, or leave it to the workspace's default_model.`,
    );
  }
  const knowledge = readKnowledge(source, draft, tools);
  const alias = aliasOf(shown, worker);
  const manifest = {
    schema_version: "0.3",
    name: worker,
    title: shown.slice(0, 120),
    description: describe(entry, value, prompt),
    version: "0.1.0",
    ...(model === undefined ? {} : { model }),
    ...(alias === undefined ? {} : { mcp: { name: alias } }),
    exec: {
      entry: "SKILL.md",
      runtime: "skill",
      inputs: fieldsOf(value["input_schema"], { source, at: ["input_schema"], draft, whole: "payload" }),
      outputs: fieldsOf(value["output_schema"], { source, at: ["output_schema"], draft, whole: "result" }),
    },
    ...readContexts(source, draft),
    limits: limitsOf(value),
  };
  const skill = `${prompt.trim()}\n${knowledge.map(({ path }) => `\nRead \`${path}\` before you begin.`).join("")}\n`;
  const files = [
    { path: "worker.yml", text: stringify(manifest) },
    { path: "SKILL.md", text: skill.replace(/\n+$/, "\n") },
    ...knowledge,
  ];
  return {
    entry: draft.convert(worker, [{ was: shown, is: alias ?? worker }]),
    folders: [{ worker, files }],
  };
}

/** What a processor's class does is not in its file, but for the one that runs a command. */
function convertProcessor(
  source: YamlSource,
  { entry, draft, tools, shown, worker }: NamedWorker,
): Converted {
  const backend = textOf(source.value["processing_backend"]);
  if (backend === undefined) return { entry: draft.refuse("It names no processing_backend."), folders: [] };
  const description = describe(entry, source.value, `Runs ${backend}.`);
  const of = { shown, worker, backend, description, draft };
  const folder = convertSubprocess(source, of) ?? (tools.stubs ? stubOf(source, of) : null);
  if (folder === null) {
    const reason = `It names the Python class ${backend}, which is not in this file. Push its code as typed functions (docs/how-to/typed-python.md), or have --stubs make a folder of it whose script is still to be written.`;
    return { entry: draft.refuse(reason), folders: [] };
  }
  const alias = aliasOf(shown, worker);
  return { entry: draft.convert(worker, [{ was: shown, is: alias ?? worker }]), folders: [folder] };
}

function describe(entry: YamlMap, value: YamlMap, prompt: string): string {
  const first = prompt.split("\n").find((line) => line.trim() !== "") ?? "";
  return (textOf(entry["description"]) ?? textOf(value["description"]) ?? first).trim().slice(0, 500);
}

/** What an agent has no place for, each with its line. */
function noteRest(source: YamlSource, draft: EntryDraft): void {
  const { value } = source;
  draft.leaveUnknown(source, { at: [], value, known: KNOWN });
  const reasons: Record<string, string> = {
    max_input_tokens: "It was checked and never held to.",
    backend_config: "It is for Python code, which an agent does not have.",
    processing_backend: "An agent has no code.",
    workspace_dir: "No folder of a machine is read. Declare a file input, or mount a context.",
    resolve_file_refs: "No file is read by a name in an input. Declare a file input.",
  };
  for (const [key, reason] of Object.entries(reasons))
    if (value[key] !== undefined) draft.leave(source, [key], reason);
  if (value["reset_after_task"] === false)
    draft.leave(source, ["reset_after_task"], "Every run begins anew; memory: true lets an agent remember.");
}

/** Files that were put into the prompt become files of the folder, which the agent is told to read. */
function readKnowledge(source: YamlSource, draft: EntryDraft, { readText }: Tools): WorkerFolder["files"] {
  return listOf(source.value["knowledge_sources"]).flatMap((one, at) => {
    const path = textOf(mapOf(one)["path"]) ?? "";
    const text = readText(path);
    if (text === null) {
      draft.leave(
        source,
        ["knowledge_sources", at],
        `${path || "It"} cannot be read, or lies outside of the gateway's folder.`,
      );
      return [];
    }
    const name = (path.split("/").at(-1) ?? "").replaceAll(/[^A-Za-z0-9._-]+/g, "-");
    return [{ path: `knowledge/${at + 1}-${name}`, text }];
  });
}

/** Folders that a worker may read become contexts, which hold their files here. */
function readContexts(source: YamlSource, draft: EntryDraft): YamlMap {
  const contexts = listOf(source.value["knowledge_silos"]).flatMap((one, at): Yaml[] => {
    const silo = mapOf(one);
    const name = textOf(silo["name"])?.replaceAll(/[^A-Za-z0-9._-]+/g, "-");
    if (textOf(silo["type"]) !== "folder" || name === undefined || !/^[A-Za-z0-9]/.test(name)) {
      const reason =
        "Only folders are contexts; a tool of Python code is a worker of typed functions, or a connection.";
      draft.leave(source, ["knowledge_silos", at], reason);
      return [];
    }
    draft.next.push(`floom contexts push ${textOf(silo["path"]) ?? "<folder>"} --name ${name}`);
    return [textOf(silo["permissions"]) === "read_write" ? { name, writeable: true } : name];
  });
  return contexts.length === 0 ? {} : { contexts };
}

/** The texts of a list, where it is one. Pure. */
export const enabledOf = (value: Yaml, all: readonly string[]): string[] =>
  Array.isArray(mapOf(value)["enable"]) ? textsOf(mapOf(value)["enable"]) : [...all];
