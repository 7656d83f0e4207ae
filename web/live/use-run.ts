import { useEffect, useState } from "react";
import type { LiveText } from "#contract/agents/live-text";
import type { RunDetail } from "#contract/runs/run";
import type { RunEvent } from "#contract/runs/run-event";
import { applyRunEvents, emptyRunScreen } from "#contract/runs/run-screen";
import type { RunScreen } from "#contract/runs/run-screen";
import { runRoutes } from "#contract/runs/routes";
import { useApi } from "../api/api-context.ts";
import type { Api } from "../api/api-context.ts";
import { followRun } from "./follow-run.ts";
import type { Connection } from "./follow-run.ts";
import { newestOnly } from "./newest-only.ts";

/** All that a run's page shows, as far as it is known. */
export interface LiveRun {
  /** The record: as it was when the page opened, and again once the run asks and once it has ended. */
  detail: RunDetail | undefined;
  view: RunScreen;
  /** What the model of an agent is saying in a turn that is not over; null while nothing is said. */
  saying: LiveText | null;
  connection: Connection;
  /** What ended the following before the run ended. */
  error: unknown;
}

const START: LiveRun = {
  detail: undefined,
  view: emptyRunScreen,
  saying: null,
  connection: "connecting",
  error: undefined,
};

/** As many lines as the page keeps; only those in sight are drawn. */
const KEPT_LINES = 200_000;

/** Screen updates are made at most this often, however fast lines come in. */
const UPDATE_MS = 80;

type Update = (change: (live: LiveRun) => LiveRun) => void;

async function watch({ api, run, signal }: { api: Api; run: string; signal: AbortSignal }, update: Update) {
  let waiting: RunEvent[] = [];
  let saying: LiveText | null = null;
  function flush(): void {
    const events = waiting;
    waiting = [];
    // What a turn has said in the end is told by an event.
    if (events.length > 0) saying = null;
    const now = saying;
    update((live) => {
      if (events.length === 0 && live.saying === now) return live;
      const view = applyRunEvents(live.view, events, { keepLines: KEPT_LINES });
      return { ...live, view, saying: now };
    });
  }
  const timer = setInterval(flush, UPDATE_MS);
  const fetchDetail = newestOnly(
    () => api.call(runRoutes.getRun, { params: { run }, signal }),
    (detail) => update((live) => ({ ...live, detail })),
  );
  try {
    await fetchDetail();
    await followRun(
      { api, run, signal },
      {
        onEvent: (event) => {
          waiting.push(event);
          // What it asks, and the link to decide, are in the record alone. The end fetches it in any case.
          if (event.type === "status" && event.status === "pending_approval") fetchDetail().catch(() => {});
        },
        onLive: (live) => (saying = live),
        onConnection: (connection) => update((live) => ({ ...live, connection })),
      },
    );
    flush();
    await fetchDetail();
  } catch (error) {
    flush();
    update((live) => ({ ...live, error }));
  } finally {
    clearInterval(timer);
  }
}

/** Follows `run` as long as the component is there. `restart` follows it anew, from the beginning. */
export function useRun(run: string): [LiveRun, () => void] {
  const api = useApi();
  const [live, setLive] = useState<LiveRun>(START);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    void watch({ api, run, signal: abort.signal }, (change) => {
      if (!abort.signal.aborted) setLive(change);
    });
    return () => abort.abort();
  }, [api, run, round]);
  function restart(): void {
    setLive(START);
    setRound((count) => count + 1);
  }
  return [live, restart];
}
