import type { Json } from "#contract/json";
import type { Artifact, RunDetail } from "#contract/runs/run";
import type { ResourceLink, ToolResult } from "../tool-result.ts";
import { logUri, runFileUri, runUri, workerFileUri } from "./resource-uri.ts";

/** More files than this are named in the answer alone. */
const MOST_LINKS = 20;

/** The files of a run that its result does not show as they are, by the addresses under which they are read. Pure. */
export function linkFiles(files: readonly Artifact[], shown: ReadonlySet<string>): ResourceLink[] {
  return files
    .filter(({ id }) => !shown.has(id))
    .slice(0, MOST_LINKS)
    .map(({ run_id, path, name, type, size_bytes }) => ({
      type: "resource_link",
      uri: runFileUri(run_id, path),
      name,
      mimeType: type,
      size: size_bytes,
    }));
}

/** The whole of what a result tells the last of. Pure. */
export function linkLog({ id, logs }: RunDetail, told: number): ResourceLink[] {
  if (logs.length <= told) return [];
  const words = { name: "log", description: "The whole log.", mimeType: "text/plain" };
  return [{ type: "resource_link", uri: logUri(id), ...words }];
}

type Args = Readonly<Record<string, Json>>;
const textIn = (args: Args, name: string) => (typeof args[name] === "string" ? args[name] : "");

/** The resources that hold what these tools answer, by name; an empty address for none. */
const wholes: Readonly<Record<string, (args: Args) => string>> = {
  run_get: (args) => runUri(textIn(args, "run")),
  run_logs: (args) => logUri(textIn(args, "run")),
  worker_files: (args) =>
    textIn(args, "path") === "" || "version" in args
      ? ""
      : workerFileUri(textIn(args, "worker"), textIn(args, "path")),
};

/** The same result with a link to the whole of it, where it was cut and there is such a resource. Pure. */
export function linkWhole(result: ToolResult, { name, args }: { name: string; args: Args }): ToolResult {
  const isCut = result.structuredContent?.["truncated"] !== undefined;
  const uri = isCut ? (wholes[name]?.(args) ?? "") : "";
  if (uri === "") return result;
  const link: ResourceLink = { type: "resource_link", uri, name: "whole", description: "All of it." };
  return { ...result, content: result.content.concat(link) };
}
