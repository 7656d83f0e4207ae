import { ApiProblem } from "#contract/client";
import { mcpLimits } from "#contract/mcp/limits";
import { runRoutes } from "#contract/runs/routes";
import type { McpCaller } from "../caller.ts";
import { readUri } from "../resources/resource-uri.ts";
import { nextPause } from "./next-pause.ts";

/** What of a workspace somebody wants to be told of when it changes. */
export interface ChangeWatch {
  /** Each list that is watched, as it stands whenever it is asked for, and how its change is told. */
  lists: readonly { write: (caller: McpCaller) => Promise<string>; tell: () => void }[];
  /** Addresses of resources. */
  uris: readonly string[];
  tellResource: (uri: string) => void;
  /** Aborted when nobody listens any more. */
  signal: AbortSignal;
}

/** More resources than this are not watched by one request. */
const MOST_RESOURCES = 50;

/**
 * Tells what changes, for some minutes at most, by looking again and again: first each second, then less and less often.
 * One small query looks after the lists and one after the runs; no object is woken for somebody who only listens.
 */
export async function watchChanges(caller: McpCaller, watch: ChangeWatch): Promise<void> {
  const runs = await findRuns(caller, watch.uris.slice(0, MOST_RESOURCES));
  const ids = [...new Set(runs.values())];
  let leftMs = mcpLimits.mcp_listen_seconds.value * 1000;
  let mark = await caller.readMark();
  let texts = await Promise.all(watch.lists.map(({ write }) => write(caller)));
  let known = await caller.readRunMarks(ids);
  for (let pause = nextPause(null); leftMs > 0; pause = nextPause(pause)) {
    leftMs -= pause;
    await waitFor(pause, watch.signal);
    if (watch.signal.aborted) return;
    const seen = await caller.readMark();
    if (seen !== mark) {
      mark = seen;
      const before = texts;
      texts = await Promise.all(watch.lists.map(({ write }) => write(caller)));
      // What moved may be out of this caller's sight; nothing of it is told then.
      watch.lists.forEach(({ tell }, at) => texts[at] === before[at] || tell());
    }
    const marks = await caller.readRunMarks(ids);
    for (const [uri, id] of runs) if (marks.get(id) !== known.get(id)) watch.tellResource(uri);
    known = marks;
  }
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
