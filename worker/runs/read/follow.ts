import type { LiveText } from "#contract/agents/live-text";
import type { RunEvent } from "#contract/runs/run-event";
import { describeError, log } from "../../platform/log.ts";
import { parseArchive } from "../record/archive.ts";
import type { RunObjectStub } from "../record/run-api.ts";
import type { Files } from "../../platform/files.ts";

export interface FollowDeps {
  runObject: (runId: string) => RunObjectStub;
  files: Files;
}

/** How soon a run's object is asked again that was not there or did not answer: at first, and at most. */
const FIRST_REOPEN_MS = 10;
const LONGEST_REOPEN_MS = 2000;

interface FollowRequest {
  runId: string;
  after: number;
  take: (events: readonly RunEvent[]) => void;
  /** Is shown what is being said and is on no record. */
  show?: (live: LiveText) => void;
  signal: AbortSignal;
  what?: "all" | "end";
}

/** What a RunObject sends over the WebSocket: events in order, word that the record lies in the archive, or what is being said. */
export type FollowMessage = { events: readonly RunEvent[] } | { archived: true } | { live: LiveText };

/**
 * Opens the object's WebSocket. The object sleeps between messages; nothing waits inside it. Null while the run has
 * not been handed over to its object.
 */
async function openFollow(
  deps: FollowDeps,
  { runId, after, what }: { runId: string; after: number; what: "all" | "end" },
): Promise<WebSocket | null> {
  const url = `https://run.internal/follow?after=${after}&what=${what}`;
  const response = await deps.runObject(runId).fetch(new Request(url, { headers: { upgrade: "websocket" } }));
  response.webSocket?.accept();
  return response.webSocket;
}

/**
 * Hands every event after `after` to `take`, in order, until the run's `close` event or until the connection ends; of
 * what is "end" only those that say where the run stands. Resolves true when the run has ended. `signal` ends it early.
 */
export async function followRun(deps: FollowDeps, request: FollowRequest): Promise<boolean> {
  const socket = await openFollow(deps, { what: "all", ...request });
  if (socket === null) return false;
  return new Promise<boolean>((resolve, reject) => {
    const finish = (ended: boolean) => {
      socket.close(1000);
      resolve(ended);
    };
    request.signal.addEventListener("abort", () => finish(false), { once: true });
    socket.addEventListener("close", () => resolve(false));
    socket.addEventListener("error", () => resolve(false));
    socket.addEventListener("message", (message) => {
      const data = JSON.parse(String(message.data)) as FollowMessage;
      if ("archived" in data) {
        takeArchive(deps, request).then(() => finish(true), reject);
        return;
      }
      if ("live" in data) return request.show?.(data.live);
      request.take(data.events);
      if (data.events.some((event) => event.type === "close")) finish(true);
    });
  });
}

async function takeArchive(
  deps: FollowDeps,
  request: { runId: string; after: number; take: (events: readonly RunEvent[]) => void },
) {
  const stored = await deps.files.getRunEvents(request.runId);
  request.take(stored ? parseArchive(await stored.text(), request.after) : []);
}

/**
 * Waits until the run has ended or the time is over; says nothing about which. An object that is being replaced or cannot
 * be reached has said nothing: it is asked again, ever more seldom.
 */
export async function waitForEnd(
  deps: FollowDeps & { sleep: (ms: number) => Promise<void> },
  request: { runId: string; timeoutMs: number },
): Promise<void> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), request.timeoutMs);
  try {
    let after = 0;
    let reopenMs = FIRST_REOPEN_MS;
    while (!controller.signal.aborted) {
      const take = (events: readonly RunEvent[]) => {
        after = events.at(-1)?.seq ?? after;
        reopenMs = FIRST_REOPEN_MS;
        // A decision may take days: the answer does not wait for people.
        if (events.some((event) => event.type === "status" && event.status === "pending_approval"))
          controller.abort();
      };
      const { signal } = controller;
      const follow = { runId: request.runId, after, take, signal, what: "end" as const };
      if (await followRun(deps, follow).catch(noteUnreachable)) return;
      if (!controller.signal.aborted) await deps.sleep(reopenMs);
      reopenMs = Math.min(reopenMs * 2, LONGEST_REOPEN_MS);
    }
  } finally {
    clearTimeout(timer);
  }
}

function noteUnreachable(error: unknown): false {
  log("warn", "run.follow_failed", { error: describeError(error) });
  return false;
}
