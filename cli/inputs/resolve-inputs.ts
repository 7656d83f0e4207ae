import { openAsBlob } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { formatLimit, limits } from "#contract/limits";
import type { Field, Manifest } from "#contract/manifest/manifest";
import { uploadRoutes } from "#contract/uploads/routes";
import { versionRoutes } from "#contract/versions/routes";
import { workerRoutes } from "#contract/workers/routes";
import type { Inputs } from "#contract/runs/run";
import type { Api } from "../api.ts";
import { CliError } from "../cli-error.ts";
import type { Host } from "../host.ts";
import { convertText, parseInputWord, parseInputsFile } from "./inputs.ts";
import type { TypedInput } from "./inputs.ts";

interface InputSources {
  worker: string;
  /** Which of its actions takes them; the only one when it is not said. */
  action?: string | undefined;
  /** Of which version; the active one when it is not said. */
  version?: number | undefined;
  words: readonly string[];
  inputsFile: string | undefined;
}

interface PlacedInput {
  name: string;
  typed: TypedInput;
  /** What a path in it is relative to. */
  folder: string;
}

/**
 * Turns what was typed into the inputs of a run: files are uploaded for file inputs and read for others, texts are
 * converted by the declared type. The worker is only asked for when there is an input at all.
 */
export async function resolveInputs(api: Api, host: Host, sources: InputSources): Promise<Inputs> {
  const placed = await readSources(host, sources);
  if (placed.length === 0) return {};
  const manifest = await findManifest(api, sources);
  const fields = new Map(fieldsOf(manifest, sources.action).map((field) => [field.name, field]));
  const inputs: Inputs = {};
  for (const input of placed) inputs[input.name] = await resolveInput(api, input, fields.get(input.name));
  return inputs;
}

/** What a version declares; of the active one when none is named. */
export async function findManifest(
  api: Api,
  { worker, version }: Pick<InputSources, "worker" | "version">,
): Promise<Manifest> {
  if (version === undefined) return (await api.call(workerRoutes.getWorker, { params: { worker } })).config;
  return (await api.call(versionRoutes.getVersion, { params: { worker, version: String(version) } }))
    .manifest;
}

/** What is uploaded, and what is text: the server converts what the functions of a worker take. */
function fieldsOf({ actions = [], exec }: Manifest, wanted: string | undefined): Field[] {
  const action =
    actions.find(({ name }) => name === wanted) ?? (actions.length === 1 ? actions[0] : undefined);
  const properties = action?.input_schema["properties"];
  if (typeof properties !== "object" || properties === null) return exec.inputs;
  return Object.entries(properties).map(([name, schema]) => {
    // A file, or none: `floom.File | None`.
    const kind = JSON.stringify(schema).includes('"format":"floom-file"') ? "file" : "scalar";
    return { name, kind, type: kind === "file" ? "file" : "string", label: name, required: false };
  });
}

/** All inputs by name, those of the command line last, so that they win. */
async function readSources(host: Host, { words, inputsFile }: InputSources): Promise<PlacedInput[]> {
  const typed = words.map(parseInputWord);
  const byName = new Map<string, PlacedInput>();
  if (inputsFile !== undefined) {
    const isStandardInput = inputsFile === "-";
    const file = resolve(host.cwd, inputsFile);
    const text = isStandardInput ? await host.stdin.readAll() : await readFile(file, "utf8");
    const folder = isStandardInput ? host.cwd : dirname(file);
    for (const [name, value] of parseInputsFile(text, isStandardInput ? "Standard input" : inputsFile))
      byName.set(name, { name, typed: value, folder });
  }
  for (const [name, value] of typed) byName.set(name, { name, typed: value, folder: host.cwd });
  return [...byName.values()];
}

async function resolveInput(
  api: Api,
  { name, typed, folder }: PlacedInput,
  field: Field | undefined,
): Promise<Inputs[string]> {
  if (typed.kind === "json") return typed.value;
  if (typed.kind === "text") return convertText(typed.text, field);
  const file = resolve(folder, typed.path);
  const info = await stat(file).catch(() => undefined);
  if (info === undefined || !info.isFile()) {
    throw new CliError(`The file for input ${name} is not there: ${typed.path}`, {
      exit: "usage",
      code: "no_input_file",
      hint: `For the text itself, write ${name}=@@${typed.path}`,
    });
  }
  if (field?.kind !== "file") return convertText(await readFile(file, "utf8"), field);
  return uploadFile(api, { file, sizeBytes: info.size });
}

/** Uploads a file under its own name, by which the server knows its type, and answers its id. */
async function uploadFile(
  api: Api,
  { file, sizeBytes }: { file: string; sizeBytes: number },
): Promise<string> {
  if (sizeBytes > limits.upload_bytes.value) {
    throw new CliError(
      `${file} is too large: ${sizeBytes.toLocaleString("en-US")} bytes, at most ${limits.upload_bytes.value.toLocaleString("en-US")} (${formatLimit("upload_bytes")}).`,
      { exit: "usage", code: "upload_too_large" },
    );
  }
  const body = new FormData();
  const blob = await openAsBlob(file);
  body.append("file", blob, basename(file));
  const { id } = await api.call(uploadRoutes.createUpload, { body });
  return id;
}
