/** What an address names. */
export type ResourceName =
  | { kind: "authoring" }
  | { kind: "tag"; tag: string }
  | { kind: "worker"; worker: string }
  | ({ kind: "worker_file"; worker: string } & FilePlace)
  | { kind: "run"; run: string }
  | { kind: "log"; run: string; after: number }
  | ({ kind: "run_file"; run: string } & FilePlace)
  | { kind: "context"; context: string }
  | ({ kind: "context_file"; context: string } & FilePlace);

/** A file, and from which byte on it is read; null where the address says nothing of that. */
export interface FilePlace {
  path: string;
  from: number | null;
}

export const AUTHORING_URI = "floom://docs/authoring";

/** A path has no question mark as it is: it is written `%3F` there. */
const FROM = /\?from=([0-9]{1,15})$/;

const encodePath = (path: string) => path.split("/").map(encodeURIComponent).join("/");

export const workerUri = (worker: string) => `floom://workers/${worker}/files`;
export const workerFileUri = (worker: string, path: string) => `${workerUri(worker)}/${encodePath(path)}`;
export const runUri = (run: string) => `floom://runs/${run}`;
export const runFileUri = (run: string, path: string) => `${runUri(run)}/files/${encodePath(path)}`;
export const contextUri = (context: string) => `workspace:///${context}`;
export const contextFileUri = (context: string, path: string) => `${contextUri(context)}/${encodePath(path)}`;

/** The same file from that byte on. */
export const partUri = (uri: string, from: number) => `${uri.replace(FROM, "")}?from=${from}`;

/** Where a log is read from: after the event of that number, or from its beginning. */
export const logUri = (run: string, after = 0) =>
  after === 0 ? `${runUri(run)}/log` : `${runUri(run)}/log?after=${after}`;

/** A name that stands in an address of the API as it is: no dot at its beginning, so that no address leads up. */
const NAME = "([A-Za-z0-9][A-Za-z0-9._-]*)";
const patterns = {
  worker: new RegExp(`^floom://workers/${NAME}/files(?:/(.+))?$`),
  tag: /^floom:\/\/tags\/([^/?#]+)$/,
  run: new RegExp(`^floom://runs/${NAME}$`),
  log: new RegExp(`^floom://runs/${NAME}/log(?:\\?after=([0-9]{1,9}))?$`),
  runFile: new RegExp(`^floom://runs/${NAME}/files/(.+)$`),
  context: new RegExp(`^workspace:///${NAME}(?:/(.+))?$`),
};

/** Reads an address; null for one that can name nothing. Pure. */
export function readUri(uri: string): ResourceName | null {
  if (uri === AUTHORING_URI) return { kind: "authoring" };
  const [, tag] = patterns.tag.exec(uri) ?? [];
  if (tag !== undefined) return readTag(tag);
  const [, run] = patterns.run.exec(uri) ?? [];
  if (run !== undefined) return { kind: "run", run };
  const [, logOf, after = "0"] = patterns.log.exec(uri) ?? [];
  if (logOf !== undefined) return { kind: "log", run: logOf, after: Number(after) };
  return readFileUri(uri);
}

function readTag(text: string): ResourceName | null {
  const tag = decodePath(text);
  return tag === null ? null : { kind: "tag", tag };
}

function readFileUri(whole: string): ResourceName | null {
  const [, start] = FROM.exec(whole) ?? [];
  const uri = whole.replace(FROM, "");
  const from = start === undefined ? null : Number(start);
  const [, worker, file] = patterns.worker.exec(uri) ?? [];
  if (worker !== undefined && file === undefined && from === null) return { kind: "worker", worker };
  const [, context, inContext] = patterns.context.exec(uri) ?? [];
  if (context !== undefined && inContext === undefined && from === null) return { kind: "context", context };
  const [, run, ofRun] = patterns.runFile.exec(uri) ?? [];
  const path = decodePath(file ?? inContext ?? ofRun ?? "");
  if (path === null) return null;
  if (worker !== undefined) return { kind: "worker_file", worker, path, from };
  if (context !== undefined) return { kind: "context_file", context, path, from };
  return run === undefined ? null : { kind: "run_file", run, path, from };
}

function decodePath(text: string): string | null {
  try {
    const path = decodeURIComponent(text);
    return path.split("/").some((step) => ["", ".", ".."].includes(step)) ? null : path;
  } catch {
    return null;
  }
}
