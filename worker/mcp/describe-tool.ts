import type { ActionDefinition } from "#contract/actions/action";
import type { Manifest } from "#contract/manifest/manifest";
import { effectOf } from "../registry/http/build-http.ts";
import type { WorkerVersion } from "../catalog/store.ts";
import { describeFiles } from "./schemas/describe-files.ts";
import { outputOfRun } from "./schemas/run-output.ts";
import type { ToolDescriptor } from "./tool-source.ts";

/** The worker and action behind a tool's name. */
export interface WorkerTool {
  worker: WorkerVersion["worker"];
  manifest: Manifest;
  action: ActionDefinition;
  name: string;
}

/**
 * A worker's action as a client's list has it. Hints say the worst that the manifest allows, and an approved action acts
 * like any other: that people are asked first is said in words. Its output is a run as it stands, which may go on, ask or
 * have failed. Pure.
 */
export function describeTool(
  { worker, manifest, action, name }: WorkerTool,
  missingSecrets: readonly string[] = [],
): ToolDescriptor {
  const declared = manifest.http?.tools.find((tool) => tool.name === action.name);
  const isQuery = manifest.exec.mode === "query";
  const ofTool = manifest.exec.mode === "http" && declared ? effectOf(declared) : null;
  const effect = isQuery ? "read" : ofTool;
  const reachesOut =
    ofTool !== null ||
    manifest.query?.source.kind === "http" ||
    manifest.capabilities.network.egress ||
    manifest.calls.length > 0 ||
    manifest.connections.length > 0;
  const notes = [
    manifest.approvals.required ? "It proposes first, and acts when a person has approved." : "",
    worker.paused_at === null ? "" : "It is paused: runs wait until somebody resumes it.",
    missingSecrets.length === 0
      ? ""
      : `It cannot start before these secrets are set: ${missingSecrets.join(", ")}. Ask the person to set them.`,
  ];
  return {
    name,
    title: action.title === "" ? manifest.title : action.title,
    description: [action.description || manifest.description, ...notes].filter((one) => one !== "").join(" "),
    inputSchema: { ...describeFiles(action.input_schema), type: "object" },
    outputSchema: outputOfRun(action.output_schema),
    annotations: {
      readOnlyHint: effect === "read",
      destructiveHint: effect === null ? reachesOut : effect !== "read",
      idempotentHint: effect === "read",
      openWorldHint: reachesOut,
    },
  };
}
