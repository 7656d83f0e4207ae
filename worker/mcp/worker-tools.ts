import { mayBeCut, toolsOf } from "#contract/actions/tool-name";
import { limits } from "#contract/limits";
import type { Principal } from "#contract/access/access";
import type { RunDetail } from "#contract/runs/run";
import { can } from "../access/policy.ts";
import { asResource } from "../catalog/require-worker.ts";
import type { WorkerVersion } from "../catalog/store.ts";
import { hasNamedActions } from "../registry/actions/find-action.ts";
import { declaredSecrets } from "../registry/declared.ts";
import type { McpCaller, ToolWish } from "./caller.ts";
import { describeTool } from "./describe-tool.ts";
import type { WorkerTool } from "./describe-tool.ts";
import { SEARCH_TOOL, searchArgs, searchTools } from "./search-tools.ts";
import { keepDeclared, outputOfRun } from "./schemas/run-output.ts";
import { startRun } from "./start-run.ts";
import { refuseArguments, refuseBy, tell } from "./tool-result.ts";
import type { ToolResult } from "./tool-result.ts";
import type { ToolCall, ToolDescriptor, ToolSource } from "./tool-source.ts";

/** A call waits so long for a run's end, and then says how to wait on. */
const WAIT_SECONDS = 45;

const listAll = async ({ principal, listWorkers }: McpCaller) =>
  (await listWorkers()).flatMap((one) => listOwn(one, principal));

/** Every worker, and every function of one, as a tool of its own. */
export const workerTools: ToolSource = {
  async list(caller) {
    const all = (await listAll(caller)).filter((tool) => isWished(tool, caller.wish));
    const isCurated =
      caller.wish.worker !== null || caller.wish.workers !== null || caller.wish.tags !== null;
    const most = limits.mcp_listed_tools.value;
    return isCurated || all.length <= most ? describeAll(caller, all) : [SEARCH_TOOL];
  },
  async call(caller, call) {
    if (call.name === SEARCH_TOOL.name && caller.wish.worker === null) return search(caller, call);
    const tool = await findTool(caller, call.name);
    if (tool === undefined || !isReachable(tool, caller.wish)) return null;
    const { worker, action, manifest } = tool;
    const wish = {
      worker: worker.name,
      ...(hasNamedActions(manifest.exec) ? { action: action.name } : {}),
      inputs: { ...call.args },
      wait: WAIT_SECONDS,
      key: call.idempotencyKey,
      verbose: true,
    };
    const result = await startRun(caller, wish, call).catch((error: unknown) => refuseBy(error, "/inputs"));
    return "open" in result ? result : keepDeclared(result, outputOfRun(action.output_schema));
  },
};

/**
 * A tool's name says its worker's, by which one is read, or what its worker.yml calls it. One that was cut says neither, and
 * is looked for in all.
 */
async function findTool(caller: McpCaller, name: string): Promise<WorkerTool | undefined> {
  const isNamed = (tool: WorkerTool) => tool.name === name;
  if (mayBeCut(name)) return (await listAll(caller)).find(isNamed);
  const [stem = ""] = name.split("__", 1);
  const find = async (workerName: string) => {
    const worker = await caller.findWorker(workerName);
    return worker && listOwn(worker, caller.principal).find(isNamed);
  };
  const tool = await find(stem);
  if (tool !== undefined) return tool;
  const holder = await caller.findToolHolder(stem);
  return holder === undefined ? undefined : find(holder);
}

/** A worker's tool as a list would have it; null where the caller's address does not reach one of this name. */
export async function findWorkerTool(caller: McpCaller, name: string): Promise<ToolDescriptor | null> {
  const tool = await findTool(caller, name);
  return tool === undefined || !isReachable(tool, caller.wish) ? null : describeTool(tool);
}

/** What a run has come to, as the tool of its action declares it: clients hold a task's result against that as well. */
export async function keepToTool(caller: McpCaller, run: RunDetail, result: ToolResult): Promise<ToolResult> {
  const worker = await caller.findWorker(run.worker_id);
  const tools = worker === undefined ? [] : listOwn(worker, caller.principal);
  const tool = tools.find(({ action }) => action.name === run.action) ?? tools[0];
  return tool === undefined ? result : keepDeclared(result, outputOfRun(tool.action.output_schema));
}

/** Says of each what its worker lacks: one look for all of them. */
async function describeAll(caller: McpCaller, tools: readonly WorkerTool[]): Promise<ToolDescriptor[]> {
  const wants = tools.map(({ worker, manifest }) => ({
    workerId: worker.id,
    names: declaredSecrets(manifest),
  }));
  const isLooking = wants.some(({ names }) => names.length > 0);
  const missing = isLooking ? await caller.findMissingSecrets(wants) : [];
  return tools.map((tool, at) => describeTool(tool, missing[at]));
}

async function search(caller: McpCaller, call: ToolCall): Promise<ToolResult> {
  const asked = searchArgs.safeParse(call.args);
  if (!asked.success) return refuseArguments(asked.error);
  const all = (await listAll(caller)).map((tool) => ({
    name: tool.name,
    title: `${tool.manifest.title} ${tool.action.title}`,
    text: `${tool.manifest.description} ${tool.action.description}`,
    tags: tool.manifest.tags,
    changedAt: tool.worker.updated_at,
    tool,
  }));
  const { found, total } = searchTools(all, asked.data.query);
  const described = await describeAll(
    caller,
    found.map(({ tool }) => tool),
  );
  const workers = described.map(({ name, title, description, inputSchema }) => ({
    tool: name,
    title,
    description,
    input_schema: inputSchema,
  }));
  const next = total === 0 ? { next: "Nothing has all these words: try fewer, or none for the newest." } : {};
  return tell({ total, workers, ...next }, { hasVerbose: false, rest: "worker_get shows one worker whole." });
}

function listOwn({ worker, version: { manifest } }: WorkerVersion, principal: Principal): WorkerTool[] {
  const isHidden = worker.archived_at !== null || manifest.system_worker;
  if (isHidden || !can(principal, "runs:write", asResource(worker))) return [];
  return toolsOf(manifest).map(({ tool: name, action }) => ({ worker, manifest, action, name }));
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
