import { stringify } from "yaml";
import { fieldsOf } from "./fields.ts";
import { limitsOf } from "./limits-of.ts";
import { aliasOf } from "./names.ts";
import type { EntryDraft, WorkerFolder } from "./report.ts";
import { mapOf, numberOf, textOf, textsOf } from "./yaml-source.ts";
import type { Yaml, YamlMap, YamlSource } from "./yaml-source.ts";

interface Processor {
  shown: string;
  worker: string;
  backend: string;
  description: string;
  draft: EntryDraft;
}

/** The folder of a processor whose class runs a command, by JSON in and out; null for every other class. */
export function convertSubprocess(source: YamlSource, of: Processor): WorkerFolder | null {
  const config = mapOf(source.value["backend_config"]);
  const command = textsOf(config["command"]);
  const isJson = (textOf(config["io_mode"]) ?? "json_stdio") === "json_stdio";
  if (!/subprocess/i.test(of.backend.split(".").at(-1) ?? "") || command.length === 0 || !isJson) return null;
  const at = ["backend_config"];
  const reasons: Record<string, string> = {
    allowed_commands: "The sandbox runs this one command.",
    working_dir: "The command runs in the worker's folder.",
    input_mapping: "It gets the inputs as they are.",
    output_mapping: "What it prints as JSON are the outputs.",
  };
  for (const [key, reason] of Object.entries(reasons))
    if (config[key] !== undefined) of.draft.leave(source, [...at, key], reason);
  of.draft.leaveUnknown(source, {
    at,
    value: config,
    known: ["command", "io_mode", "subprocess_timeout", "env", ...Object.keys(reasons)],
  });
  of.draft.next.push(
    `Put what ${command[0] ?? ""} needs into the folder: the sandbox has the folder, and no other of the machine's files or secrets. Name secrets in exec.secrets.`,
  );
  return folderOf(source, of, commandScript(command, config));
}

/** The folder of a processor of which only its schemas are known: its script fails, and says what it lacks. */
export function stubOf(source: YamlSource, of: Processor): WorkerFolder {
  of.draft.next.push(
    `run.py is a stub: write there what ${of.backend} does. Until then each run fails and says so.`,
  );
  const script = `"""Stands for ${of.backend}, whose code was not in the gateway's configuration."""


def run(inputs, context):
    raise NotImplementedError(${JSON.stringify(`This worker is a stub: what ${of.backend} does has yet to be written into run.py.`)})
`;
  return folderOf(source, of, script);
}

function folderOf(
  source: YamlSource,
  { shown, worker, description, draft }: Processor,
  script: string,
): WorkerFolder {
  const { value } = source;
  const alias = aliasOf(shown, worker);
  const manifest = {
    schema_version: "0.3",
    name: worker,
    title: shown.slice(0, 120),
    description: description.slice(0, 500),
    version: "0.1.0",
    ...(alias === undefined ? {} : { mcp: { name: alias } }),
    exec: {
      entry: "run.py",
      runtime: "python311",
      command: "python run.py",
      inputs: fieldsOf(value["input_schema"], { source, at: ["input_schema"], draft, whole: "payload" }),
      outputs: fieldsOf(value["output_schema"], { source, at: ["output_schema"], draft, whole: "result" }),
    },
    limits: { timeout_seconds: limitsOf(value)["timeout_seconds"] ?? 60 },
  };
  const files = [
    { path: "worker.yml", text: stringify(manifest) },
    { path: "run.py", text: script },
  ];
  return { worker, files };
}

const DEFAULT_SECONDS = 30;

function commandScript(command: readonly string[], config: YamlMap): string {
  const environment = Object.fromEntries(
    Object.entries(mapOf(config["env"])).flatMap(([name, text]: [string, Yaml]) =>
      typeof text === "string" || typeof text === "number" ? [[name, String(text)]] : [],
    ),
  );
  return `"""Runs the command that the gateway ran: the inputs as JSON go in, and the JSON that comes out are the outputs."""

import json
import os
import re
import subprocess

COMMAND = ${JSON.stringify(command)}
ENVIRONMENT = ${JSON.stringify(environment)}
SECONDS = ${numberOf(config["subprocess_timeout"]) ?? DEFAULT_SECONDS}


def run(inputs, context):
    given = {
        name: re.sub(r"\\$\\{payload\\.(\\w+)\\}", lambda found: str(inputs.get(found[1], "")), text)
        for name, text in ENVIRONMENT.items()
    }
    ended = subprocess.run(
        COMMAND, input=json.dumps(inputs), capture_output=True, text=True, timeout=SECONDS, env={**os.environ, **given}
    )
    if ended.returncode != 0:
        raise SystemExit(f"{COMMAND[0]} ended with {ended.returncode}: {ended.stderr.strip()[-500:]}")
    return json.loads(ended.stdout)
`;
}
