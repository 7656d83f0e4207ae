import type { LiveText } from "#contract/agents/live-text";
import type { Clock } from "../platform/clock.ts";
import type { ShowLive } from "./program.ts";
import { describeError, log } from "../platform/log.ts";

/** So much longer than a runner waits between two posts: what is shown is not lost when it is not. */
const PACES = 3;
/** How long nothing is shown when it could not be. */
const FAILED_MS = 10_000;

export interface LiveTellerDeps {
  clock: Clock;
  /** Sends it to those who watch; answers how soon a runner would be heard again, milliseconds, null for nobody hearing. */
  send: (live: LiveText) => Promise<number | null>;
}

/** Sends the newest of what is being said, as often as somebody watches it: one at a time, and nothing twice. */
export function openLiveTeller({ clock, send }: LiveTellerDeps): ShowLive {
  let isSending = false;
  let dueAt = 0;
  return (live) => {
    if (isSending || clock() < dueAt) return;
    isSending = true;
    send(live)
      .then((flushMs) => (flushMs === null ? FAILED_MS : flushMs * PACES))
      .catch((error: unknown) => {
        log("info", "attempt.live_failed", { error: describeError(error) });
        return FAILED_MS;
      })
      .then((pauseMs) => {
        dueAt = clock() + pauseMs;
        isSending = false;
      })
      .catch(() => undefined);
  };
}
