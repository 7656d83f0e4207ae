import { contextRoutes } from "#contract/contexts/routes";
import { runRoutes } from "#contract/runs/routes";
import type { McpCaller } from "../caller.ts";
import { readBundle } from "../read-bundle.ts";
import { listReadable, unlessRefused } from "../resources/list-resources.ts";
import type { CompletionWish } from "./prompt-source.ts";
import { choicesOf, listWorkerPrompts } from "./worker-prompts.ts";

/** So many of the newest runs are looked through. */
const RUNS = 100;

/** All that an argument may be, of what the caller may see, the likeliest first. */
export async function listChoices(caller: McpCaller, wish: CompletionWish): Promise<readonly string[]> {
  if ("template" in wish.of) return choicesInTemplate(caller, wish);
  const { prompt } = wish.of;
  if (prompt === "debug-a-run") return wish.argument === "run" ? listRunIds(caller) : [];
  if (prompt === "write-a-worker") return wish.argument === "like" ? listNames(caller) : [];
  const found = (await listWorkerPrompts(caller)).find((one) => one.prompt.name === prompt);
  return found === undefined ? [] : choicesOf(found.worker, wish.argument);
}

/** What stands in the addresses of resources; see the templates. */
async function choicesInTemplate(
  caller: McpCaller,
  { argument, known }: CompletionWish,
): Promise<readonly string[]> {
  switch (argument) {
    case "worker":
      return listNames(caller);
    case "run":
      return listRunIds(caller);
    case "tag":
      return listTags(caller);
    case "context": {
      const contexts = await unlessRefused(caller.api.call(contextRoutes.listContexts));
      return (contexts ?? []).map(({ name }) => name);
    }
    case "path":
      return listPaths(caller, known);
    default:
      return [];
  }
}

const listNames = async (caller: McpCaller) => (await listReadable(caller)).map(({ worker }) => worker.name);

const listTags = async (caller: McpCaller) =>
  [...new Set((await listReadable(caller)).flatMap(({ version }) => version.manifest.tags))].toSorted();

async function listRunIds({ api, wish }: McpCaller): Promise<string[]> {
  const query = { limit: RUNS, ...(wish.worker === null ? {} : { worker_id: wish.worker }) };
  const page = await unlessRefused(api.call(runRoutes.listRuns, { query }));
  return (page?.runs ?? []).map(({ id }) => id);
}

async function listPaths(
  caller: McpCaller,
  { worker, run, context }: Readonly<Record<string, string>>,
): Promise<string[]> {
  const { api, wish } = caller;
  if (worker !== undefined) {
    if (wish.worker !== null && worker !== wish.worker) return [];
    return ((await unlessRefused(readBundle(caller, { worker }))) ?? []).map(({ path }) => path);
  }
  if (run !== undefined) {
    const found = await unlessRefused(api.call(runRoutes.getRun, { params: { run } }));
    const isWithin = wish.worker === null || found?.worker_id === wish.worker;
    return isWithin ? (found?.artifacts ?? []).map(({ path }) => path) : [];
  }
  if (context === undefined || wish.worker !== null) return [];
  const found = await unlessRefused(api.call(contextRoutes.getContext, { params: { context } }));
  return (found?.files ?? []).map(({ path }) => path);
}
