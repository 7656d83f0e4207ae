import { ApiProblem } from "#contract/client";
import { mcpLimits } from "#contract/mcp/limits";
import { runRoutes } from "#contract/runs/routes";
import type { McpCaller } from "../caller.ts";
import { readUri } from "../resources/resource-uri.ts";
import { findLastRun } from "../tasks/find-called-run.ts";
import { nextPause } from "./next-pause.ts";
import { pickLogs, watchLogs } from "./watch-logs.ts";

/** What of a workspace somebody wants to be told of when it changes. */
export interface Watched {
  /** Each list that is watched, as it stands whenever it is asked for. */
  lists: readonly ((caller: McpCaller) => Promise<string>)[];
  /** Addresses of resources. */
  uris: readonly string[];
  /** Those of runs that are watched as tasks: as far as they go on in others. */
  tasks?: readonly string[];
}

/** How somebody is told of what changes. */
export interface ChangeTelling {
  /** By the place of the list. */
  tellList: (at: number) => void;
  tellResource: (uri: string) => void;
  /** Aborted when nobody listens any more. */
  signal: AbortSignal;
}

/** More resources than this are not watched by one request. */
const MOST_RESOURCES = 50;

/** How all of it stands at the beginning: whoever is told from now on has to have missed nothing. */
export async function lookFirst(caller: McpCaller, { lists, uris, tasks = [] }: Watched): Promise<FirstLook> {
  const runs = await findRuns(caller, uris.slice(0, MOST_RESOURCES));
  for (const uri of tasks) await moveOn(caller, runs, uri);
  const mark = await caller.readMark();
  const texts = await Promise.all(lists.map((write) => write(caller)));
  return { lists, tasks, runs, mark, texts, known: await caller.readRunMarks([...new Set(runs.values())]) };
}

/** What was seen at first. */
interface FirstLook extends Required<Pick<Watched, "lists" | "tasks">> {
  /** Ids by the addresses that they are watched by; a task's is the run that goes on for it. */
  runs: Map<string, string>;
  mark: number;
  texts: readonly string[];
  known: ReadonlyMap<string, string>;
}

/**
 * Tells what changes, for some minutes at most, by looking again and again: first each second, then less and less often.
 * One small query looks after the lists and one after the runs. Logs alone are followed at their runs' objects, which are
 * woken by new lines and by nobody who only listens.
 */
export async function watchChanges(caller: McpCaller, first: FirstLook, watch: ChangeTelling): Promise<void> {
  const { lists, runs, tasks } = first;
  // For as long as the loop below goes on: whoever leaves, and its end, abort both.
  const logs = pickLogs(runs);
  const followed = new Set(logs.map(({ uri }) => uri));
  void watchLogs(caller, logs, watch);
  let leftMs = mcpLimits.mcp_listen_seconds.value * 1000;
  let { mark, texts, known } = first;
  for (let pause = nextPause(null); leftMs > 0; pause = nextPause(pause)) {
    leftMs -= pause;
    await waitFor(pause, watch.signal);
    if (watch.signal.aborted) return;
    const seen = await caller.readMark();
    if (seen !== mark) {
      mark = seen;
      const before = texts;
      texts = await Promise.all(lists.map((write) => write(caller)));
      // What moved may be out of this caller's sight; nothing of it is told then.
      texts.forEach((text, at) => text === before[at] || watch.tellList(at));
    }
    const marks = await caller.readRunMarks([...new Set(runs.values())]);
    const changed = [...runs].filter(([uri, id]) => !followed.has(uri) && marks.get(id) !== known.get(id));
    const moved = changed.filter(([uri]) => tasks.includes(uri));
    for (const [uri] of moved) await moveOn(caller, runs, uri);
    // What has happened to the next run until now is told with this change.
    known = moved.length === 0 ? marks : await caller.readRunMarks([...new Set(runs.values())]);
    for (const [uri] of changed) watch.tellResource(uri);
  }
}

/** Has a task watched by the run that goes on for it now. */
async function moveOn(caller: McpCaller, runs: Map<string, string>, uri: string): Promise<void> {
  const run = runs.get(uri);
  if (run !== undefined) runs.set(uri, await findLastRun(caller, run));
}

/** The runs that these addresses are of, by address: of those that the caller may read. */
async function findRuns(caller: McpCaller, uris: readonly string[]): Promise<Map<string, string>> {
  const runs = new Map<string, string>();
  for (const uri of uris) {
    const name = readUri(uri);
    if (name !== null && "run" in name && (await mayRead(caller, name.run))) runs.set(uri, name.run);
  }
  return runs;
}

async function mayRead({ api, wish }: McpCaller, run: string): Promise<boolean> {
  try {
    const { worker_id: worker } = await api.call(runRoutes.getRun, { params: { run } });
    return wish.worker === null || wish.worker === worker;
  } catch (error) {
    if (error instanceof ApiProblem) return false;
    throw error;
  }
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
  });
}
