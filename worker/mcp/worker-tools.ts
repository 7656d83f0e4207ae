import type { ActionDefinition } from "#contract/actions/action";
import { actionsOf } from "#contract/actions/actions-of";
import { toolName } from "#contract/actions/tool-name";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import type { Manifest } from "#contract/manifest/manifest";
import type { Principal } from "#contract/access/access";
import { can } from "../access/policy.ts";
import { asResource } from "../catalog/require-worker.ts";
import type { WorkerVersion } from "../catalog/store.ts";
import type { McpCaller, ToolWish } from "./caller.ts";
import { startRun } from "./start-run.ts";
import { refuseBy, tell } from "./tool-result.ts";
import type { ToolDescriptor, ToolSource } from "./tool-source.ts";

/** A call waits so long for a run's end, and then says how to wait on. */
const WAIT_SECONDS = 45;

/** The worker and action behind a name. */
interface WorkerTool {
  worker: WorkerVersion["worker"];
  manifest: Manifest;
  action: ActionDefinition;
  name: string;
}

const SEARCH: ToolDescriptor = {
  name: "worker_search",
  title: "Search workers",
  description:
    "Find workers by words of their name, title, description and tags. There are too many to list each as a tool: what is found here can be called by the tool name that it is given with.",
  inputSchema: {
    type: "object",
    properties: { query: { type: "string", description: "Words; all of them are looked for." } },
    required: ["query"],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
};

const find = async ({ principal, listWorkers }: McpCaller) =>
  (await listWorkers()).flatMap((one) => toolsOf(one, principal));

/** Every worker, and every function of one, as a tool of its own. */
export const workerTools: ToolSource = {
  async list(caller) {
    const all = (await find(caller)).filter((tool) => isWished(tool, caller.wish));
    const isCurated =
      caller.wish.worker !== null || caller.wish.workers !== null || caller.wish.tags !== null;
    const most = limits.mcp_listed_tools.value;
    if (isCurated || all.length <= most) return all.map(describe);
    return [SEARCH];
  },
  async call(caller, call) {
    if (call.name === SEARCH.name && caller.wish.worker === null)
      return tell({ workers: search(await find(caller), call.args["query"]) });
    const tool = (await find(caller)).find(({ name }) => name === call.name);
    if (tool === undefined || !isReachable(tool, caller.wish)) return null;
    const { worker, action, manifest } = tool;
    const wish = {
      worker: worker.name,
      ...(manifest.exec.mode === "functions" ? { action: action.name } : {}),
      inputs: { ...call.args },
      wait: WAIT_SECONDS,
      key: call.idempotencyKey,
      verbose: true,
    };
    return startRun(caller, wish, call).catch((error: unknown) => refuseBy(error, "/inputs"));
  },
};

function toolsOf({ worker, version: { manifest } }: WorkerVersion, principal: Principal): WorkerTool[] {
  const isHidden = worker.archived_at !== null || manifest.system_worker;
  if (isHidden || !can(principal, "runs:write", asResource(worker))) return [];
  const actions = actionsOf(manifest);
  return actions.map((action) => ({
    worker,
    manifest,
    action,
    name: toolName(worker.name, action.name, actions.length === 1),
  }));
}

/** A worker's own address has its tools alone; any other reaches every worker, listed or not. */
const isReachable = ({ worker }: WorkerTool, { worker: only }: ToolWish) =>
  only === null || worker.name === only;

function isWished(tool: WorkerTool, { worker, workers, tags }: ToolWish): boolean {
  const { name } = tool.worker;
  if (worker !== null) return name === worker;
  if (workers !== null && !workers.includes(name)) return false;
  return tags === null || tool.manifest.tags.some((tag) => tags.includes(tag));
}

function describe({ worker, manifest, action, name }: WorkerTool): ToolDescriptor {
  const reachesOut = manifest.capabilities.network.egress || manifest.calls.length > 0;
  const state = worker.paused_at === null ? "" : " It is paused: runs wait until somebody resumes it.";
  const asks = manifest.approvals.required ? " It proposes first, and acts when a person has approved." : "";
  return {
    name,
    title: action.title === "" ? manifest.title : action.title,
    description: `${action.description || manifest.description}${asks}${state}`.trim(),
    inputSchema: { ...action.input_schema, type: "object" },
    annotations: {
      readOnlyHint: false,
      destructiveHint: reachesOut && !manifest.approvals.required,
      idempotentHint: false,
      openWorldHint: reachesOut,
    },
  };
}

function search(tools: readonly WorkerTool[], query: Json | undefined) {
  const words = (typeof query === "string" ? query : "")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const textOf = ({ name, manifest, action }: WorkerTool) =>
    [name, manifest.title, manifest.description, action.title, action.description, ...manifest.tags]
      .join(" ")
      .toLowerCase();
  return tools
    .filter((tool) => words.every((word) => textOf(tool).includes(word)))
    .map((tool) => {
      const { name, description, inputSchema } = describe(tool);
      return { tool: name, description, input_schema: inputSchema };
    });
}
