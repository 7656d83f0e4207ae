import { contextRoutes } from "#contract/contexts/routes";
import { runRoutes } from "#contract/runs/routes";
import type { LogLine } from "#contract/runs/run";
import type { McpCaller } from "../caller.ts";
import { readBundle } from "../read-bundle.ts";
import { authoringText } from "./authoring.ts";
import { boundBytes, buildContent, MOST_RESOURCE_BYTES, readBounded } from "./build-content.ts";
import { listReadable, listResources, unlessRefused } from "./list-resources.ts";
import type { ResourceContent, ResourceSource, ResourceTemplate } from "./resource-source.ts";
import { contextFileUri, logUri, readUri, runFileUri, workerFileUri, workerUri } from "./resource-uri.ts";
import type { FilePlace, ResourceName } from "./resource-uri.ts";

const IN_PARTS = "A long one says in floom/next where it goes on: `from` is the byte.";

const ofWorkers: readonly ResourceTemplate[] = [
  {
    uriTemplate: "floom://workers/{worker}/files/{+path}{?from}",
    name: "worker_file",
    title: "A worker's file",
    description: `A file of the active version. Without a path: which files there are. ${IN_PARTS}`,
  },
  {
    uriTemplate: "floom://runs/{run}",
    name: "run",
    title: "A run",
    description: "How it stands, its inputs, outputs and error, and the addresses of its log and files.",
  },
  {
    uriTemplate: "floom://runs/{run}/log{?after}",
    name: "run_log",
    title: "A run's log",
    description: "Lines in order. A long log says in floom/next where it goes on.",
  },
  {
    uriTemplate: "floom://runs/{run}/files/{+path}{?from}",
    name: "run_file",
    title: "A file that a run made",
    description: `By its path; the run names its files. ${IN_PARTS}`,
  },
];

const ofTags: ResourceTemplate = {
  uriTemplate: "floom://tags/{tag}",
  name: "tag",
  title: "A tag",
  description: "Which workers have it.",
};

const ofContexts: ResourceTemplate = {
  uriTemplate: "workspace:///{context}/{+path}{?from}",
  name: "context_file",
  title: "A context's file",
  description: `Without a path: which files there are. ${IN_PARTS}`,
};

/** What a workspace has to read, by the same routes as everybody reads it. */
export const workspaceResources: ResourceSource = {
  list: listResources,
  templates: ({ wish }) => (wish.worker === null ? [...ofWorkers, ofTags, ofContexts] : ofWorkers),
  read: async (caller, uri) => {
    const name = readUri(uri);
    if (name === null || !isWithin(name, caller)) return null;
    return unlessRefused(readOne(caller, uri, name));
  },
};

/** A worker's own address has that worker's alone. Whose a run is, is known when it has been asked for. */
function isWithin(name: ResourceName, { wish: { worker } }: McpCaller): boolean {
  if (worker === null || "run" in name) return true;
  return "worker" in name && name.worker === worker;
}

async function readOne(caller: McpCaller, uri: string, name: ResourceName): Promise<ResourceContent | null> {
  switch (name.kind) {
    case "authoring":
      return { uri, mimeType: "text/markdown", text: authoringText };
    case "tag":
      return readTag(caller, uri, name.tag);
    case "worker":
    case "worker_file":
      return readWorker(caller, uri, name);
    case "context": {
      const { files } = await caller.api.call(contextRoutes.getContext, {
        params: { context: name.context },
      });
      const told = files.map(({ path, size_bytes }) => ({
        path,
        size_bytes,
        uri: contextFileUri(name.context, path),
      }));
      return asJson(uri, { context: name.context, files: told });
    }
    case "context_file": {
      const params = { context: name.context, file: name.path };
      const answer = await caller.api.open(contextRoutes.getContextFile, { params });
      return buildContent(uri, await readBounded(answer, name.from));
    }
    default:
      return readOfRun(caller, uri, name);
  }
}

async function readTag(caller: McpCaller, uri: string, tag: string): Promise<ResourceContent | null> {
  const tagged = (await listReadable(caller)).filter(({ version }) => version.manifest.tags.includes(tag));
  const workers = tagged.map(({ worker }) => ({ worker: worker.name, uri: workerUri(worker.name) }));
  return workers.length === 0 ? null : asJson(uri, { tag, workers });
}

async function readWorker(
  caller: McpCaller,
  uri: string,
  { worker, ...rest }: { worker: string } & Partial<FilePlace>,
): Promise<ResourceContent | null> {
  const files = await readBundle(caller, { worker });
  if (rest.path === undefined) {
    const told = files.map(({ path, size }) => ({
      path,
      size_bytes: size,
      uri: workerFileUri(worker, path),
    }));
    return asJson(uri, { worker, files: told });
  }
  const file = files.find(({ path }) => path === rest.path);
  return file === undefined ? null : buildContent(uri, boundBytes(await file.read(), rest.from ?? null));
}

type OfRun = Extract<ResourceName, { run: string }>;

async function readOfRun(caller: McpCaller, uri: string, name: OfRun): Promise<ResourceContent | null> {
  const params = { run: name.run };
  const { logs: _, ...run } = await caller.api.call(runRoutes.getRun, { params });
  if (caller.wish.worker !== null && run.worker_id !== caller.wish.worker) return null;
  if (name.kind === "log") return readLog(caller, uri, name);
  if (name.kind === "run") {
    const artifacts = run.artifacts.map((one) => ({ ...one, uri: runFileUri(run.id, one.path) }));
    return asJson(uri, { ...run, artifacts, log: logUri(run.id) });
  }
  const file = run.artifacts.find(({ path }) => path === name.path);
  if (file === undefined) return null;
  const answer = await caller.api.open(runRoutes.downloadArtifact, {
    params: { run: run.id, artifact: file.id },
  });
  return buildContent(uri, await readBounded(answer, name.from), file.type);
}

/** Whole pages of a log, until it ends or a resource is full; then it says where it goes on. */
async function readLog(
  caller: McpCaller,
  uri: string,
  { run, after }: { run: string; after: number },
): Promise<ResourceContent> {
  const parts: string[] = [];
  let size = 0;
  let next: number | null = after;
  while (next !== null && size < MOST_RESOURCE_BYTES) {
    const query = next === 0 ? {} : { after: next };
    const page: { logs: LogLine[]; next_after: number | null } = await caller.api.call(runRoutes.getRunLogs, {
      params: { run },
      query,
    });
    const text = page.logs.map((line) => `${line.timestamp} ${line.level} ${line.message}\n`).join("");
    parts.push(text);
    size += text.length;
    next = page.next_after;
  }
  const more = next === null ? {} : { _meta: { "floom/truncated": true, "floom/next": logUri(run, next) } };
  return { uri, mimeType: "text/plain", text: parts.join(""), ...more };
}

const asJson = (uri: string, value: unknown) =>
  buildContent(
    uri,
    boundBytes(new TextEncoder().encode(JSON.stringify(value, null, 1)), null),
    "application/json",
  );
