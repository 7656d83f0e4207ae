import { EventSourceParserStream } from "eventsource-parser/stream";
import { parseJson } from "#contract/json";
import { linesOf, runEventSchema } from "#contract/runs/run-event";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { runRoutes } from "#contract/runs/routes";
import type { McpCaller } from "./caller.ts";
import type { ToolCall } from "./tool-source.ts";

/** A wait ends a little before the time at which usual clients give a call up. */
export const LONGEST_WAIT_SECONDS = 50;

type Watch = Pick<ToolCall, "progress" | "signal">;

/**
 * Waits for a run's end, or for its asking somebody, for so many seconds at most, and tells what it logs meanwhile. The
 * run goes on whatever happens here. Answers the run as it is then.
 */
export async function waitForRun(
  caller: McpCaller,
  run: string,
  { seconds, progress, signal }: Watch & { seconds: number },
): Promise<RunDetail> {
  const params = { run };
  const over = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
  const headers = { accept: "text/event-stream" };
  const { body } = await caller.api.open(runRoutes.streamRunEvents, { params, headers });
  if (body !== null) await readUntil(body, over, progress);
  return caller.api.call(runRoutes.getRun, { params });
}

async function readUntil(
  body: ReadableStream<Uint8Array>,
  over: AbortSignal,
  progress: ToolCall["progress"],
): Promise<void> {
  const messages = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = messages.getReader();
  const ended = new Promise<null>((resolve) => {
    over.addEventListener("abort", () => resolve(null), { once: true });
    if (over.aborted) resolve(null);
  });
  try {
    while (true) {
      const next = await Promise.race([reader.read(), ended]);
      if (next === null || next.done) return;
      const event = runEventSchema.safeParse(parseJson(next.value.data)).data;
      if (event === undefined) continue;
      for (const { message } of linesOf(event)) await progress?.(message);
      if (event.type === "progress" && event.message !== null) await progress?.(event.message);
      if (event.type === "close") return;
      if (event.type === "status" && (event.status === "pending_approval" || isTerminal(event.status)))
        return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
