import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "#contract/client";
import type { Client } from "#contract/client";
import { routes } from "#contract/routes";
import type { Inputs, RunDetail } from "#contract/runs/run";
import type { PushResult } from "#contract/workers/worker";
import { packFolder } from "./example-folders.ts";
import type { ExampleFolder } from "./example-folders.ts";

export type FloomClient = Client<Response>;

/** A client of the Floom under test. */
export function connect({ url, token }: { url: string; token: string }): FloomClient {
  return createClient<Response>({ origin: url, token, fetch: (to, init) => fetch(to, init) });
}

/** Pushes the examples that this one calls. */
export async function pushNeeded(
  client: FloomClient,
  folder: ExampleFolder,
  all: readonly ExampleFolder[],
): Promise<void> {
  for (const name of folder.example.needs) {
    const needed = all.find((other) => other.name === name);
    if (!needed) throw new Error(`${folder.name} needs ${name}, and there is no such example.`);
    await pushExample(client, needed);
  }
}

/** Pushes the folder as it is; throws ApiProblem when it is refused. */
export async function pushExample(client: FloomClient, { dir, worker }: ExampleFolder): Promise<PushResult> {
  return client.call(routes.putWorkerBundle, {
    params: { worker },
    body: await packFolder(dir),
    headers: { "content-type": "application/zip" },
  });
}

/** What a run left when it had ended. */
export interface EndedRun {
  run: RunDetail;
  /** Every line of the log, in order. */
  lines: string[];
}

/** Starts the example with its inputs and files, and waits for its end by following its events. */
export async function runExample(
  client: FloomClient,
  { dir, worker, example }: ExampleFolder,
): Promise<EndedRun> {
  const inputs: Inputs = { ...example.inputs };
  for (const [secret, value] of Object.entries(example.secrets))
    await client.call(routes.setSecret, { params: { secret }, json: { value } });
  for (const [context, files] of Object.entries(example.contexts)) await fillContext(client, context, files);
  for (const [name, path] of Object.entries(example.files))
    inputs[name] = await upload(client, join(dir, path));

  const started = await client.call(routes.startRun, {
    params: { worker },
    json: { inputs, ...(example.action === undefined ? {} : { action: example.action }) },
  });
  const params = { run: started.id };
  const stream = await client.open(routes.streamRunEvents, { params });
  await stream.text();
  const run = await client.call(routes.getRun, { params });
  const { logs } = await client.call(routes.getRunLogs, { params });
  return { run, lines: logs.map(({ message }) => message) };
}

/** Makes a context, if it is not there, and puts files into it. */
async function fillContext(
  client: FloomClient,
  context: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const known = await client.call(routes.listContexts);
  const json = { sensitive: false, writeable: true };
  if (!known.some(({ name }) => name === context))
    await client.call(routes.createContext, { params: { context }, json });
  for (const [file, body] of Object.entries(files)) {
    const headers = { "content-type": "application/octet-stream" };
    await client.call(routes.putContextFile, { params: { context, file }, body, headers });
  }
}

/** Starts the example and waits until its run asks a person. */
export async function runUntilItAsks(
  client: FloomClient,
  { worker, example }: ExampleFolder,
): Promise<EndedRun> {
  const run = await client.call(routes.startRun, {
    params: { worker },
    query: { wait: 60 },
    json: { inputs: example.inputs },
  });
  const { logs } = await client.call(routes.getRunLogs, { params: { run: run.id } });
  return { run, lines: logs.map(({ message }) => message) };
}

/** Approves what the run asks, and waits for the end of the run that follows. */
export async function approveAndFollow(
  client: FloomClient,
  run: RunDetail,
  comment?: string,
): Promise<EndedRun> {
  const decided = await client.call(routes.approveRun, { params: { run: run.id }, json: { comment } });
  const params = { run: decided.run_id };
  const stream = await client.open(routes.streamRunEvents, { params });
  await stream.text();
  const followUp = await client.call(routes.getRun, { params });
  const { logs } = await client.call(routes.getRunLogs, { params });
  return { run: followUp, lines: logs.map(({ message }) => message) };
}

async function upload(client: FloomClient, path: string): Promise<string> {
  const body = new FormData();
  body.append("file", new Blob([await readFile(path)], { type: "text/csv" }), path);
  return (await client.call(routes.createUpload, { body })).id;
}

/** The text of the file that the run kept for the output `name`. */
export async function readOutputFile(client: FloomClient, run: RunDetail, name: string): Promise<string> {
  const artifact = run.output_schema.find((output) => output.name === name)?.artifact_id;
  if (artifact === undefined || artifact === null) throw new Error(`The output ${name} is no file.`);
  const response = await client.open(routes.downloadArtifact, { params: { run: run.id, artifact } });
  return response.text();
}
