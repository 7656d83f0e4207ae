import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "#contract/client";
import { routes } from "#contract/routes";
import { isTerminal } from "#contract/runs/run";
import type { RunSummary } from "#contract/runs/run";

const LOOK_MS = 500;
const PAGE = 100;

/**
 * The runs of these ids as the lists show them, once all have ended or the time is over. What is accepted and stands in
 * no list is not among them.
 */
export async function followRuns(
  client: Client<Response>,
  of: { ids: readonly string[]; since: number; timeoutMs: number },
): Promise<RunSummary[]> {
  const open = new Set(of.ids);
  const found = new Map<string, RunSummary>();
  const deadline = performance.now() + of.timeoutMs;
  for (;;) {
    for await (const run of listSince(client, of.since)) {
      if (!open.has(run.id)) continue;
      found.set(run.id, run);
      if (isTerminal(run.status)) open.delete(run.id);
      if (open.size === 0) break;
    }
    if (open.size === 0 || performance.now() > deadline) return [...found.values()];
    await sleep(LOOK_MS);
  }
}

/** Runs from the newest to those of that time, a page at a time. */
async function* listSince(client: Client<Response>, since: number): AsyncIterable<RunSummary> {
  let cursor: string | null = null;
  do {
    const query: { limit: number; since: string; cursor?: string } = {
      limit: PAGE,
      // The clock of another machine may be a little behind.
      since: new Date(since - 60_000).toISOString(),
      ...(cursor === null ? {} : { cursor }),
    };
    const page: { runs: RunSummary[]; next_cursor: string | null } = await client.call(routes.listRuns, {
      query,
    });
    yield* page.runs;
    cursor = page.next_cursor;
  } while (cursor !== null);
}
