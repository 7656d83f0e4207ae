import { createParser } from "eventsource-parser";
import type { EventSourceMessage } from "eventsource-parser";
import fc from "fast-check";
import { expect, it } from "vitest";
import { formatEvent, lastEventId, openEventStream } from "./sse.ts";

const ask = (id: string) =>
  lastEventId(new Request("http://floom.test", { headers: { "last-event-id": id } }));

it("whatever an event holds, a reader gets one event with the same data and id", () => {
  fc.assert(
    fc.property(fc.nat(), fc.json(), (id, text) => {
      const events: EventSourceMessage[] = [];
      const parser = createParser({ onEvent: (event) => events.push(event) });
      const data: unknown = JSON.parse(text);
      parser.feed(formatEvent({ id, data }));
      expect(events.map((event) => [event.id, JSON.parse(event.data)])).toEqual([[String(id), data]]);
    }),
    { seed: 7, numRuns: 300 },
  );
});

it("a reader goes on where it left off; what is no place counts as the beginning", () => {
  expect(ask("42")).toBe(42);
  for (const id of ["", "-1", "1.5", "abc", "1e400", "9007199254740993"]) expect(ask(id)).toBe(0);
  expect(lastEventId(new Request("http://floom.test"))).toBe(0);
});

it("the writer is told when the reader has gone", async () => {
  const { response, writer } = openEventStream();
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const reader = response.body?.getReader();
  const first = writer.write("data: 1\n\n");
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: 1\n\n");
  expect(await first).toBe(true);
  await reader?.cancel();
  expect(await writer.write("data: 2\n\n")).toBe(false);
  await writer.close();
});
