import { EventSourceParserStream } from "eventsource-parser/stream";
import { parseJson } from "#contract/json";
import { runEventSchema } from "#contract/runs/run-event";
import type { RunEvent } from "#contract/runs/run-event";
import { runRoutes } from "#contract/runs/routes";
import type { McpCaller } from "./caller.ts";

/**
 * A run's events behind the one of number `after`, as they come, until its record is closed or `signal` is aborted. Its
 * object sleeps in between. Throws `ApiProblem` where the caller may not read the run.
 */
export async function* followEvents(
  { api }: McpCaller,
  run: string,
  { after, signal }: { after: number; signal: AbortSignal },
): AsyncGenerator<RunEvent> {
  const headers = { accept: "text/event-stream", "last-event-id": String(after) };
  const { body } = await api.open(runRoutes.streamRunEvents, { params: { run }, headers });
  if (body === null) return;
  const messages = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = messages.getReader();
  const left = new Promise<null>((resolve) => {
    signal.addEventListener("abort", () => resolve(null), { once: true });
    if (signal.aborted) resolve(null);
  });
  try {
    while (true) {
      const next = await Promise.race([reader.read(), left]);
      if (next === null || next.done) return;
      const event = runEventSchema.safeParse(parseJson(next.value.data)).data;
      if (event !== undefined) yield event;
      if (event?.type === "close") return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
