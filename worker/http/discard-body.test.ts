import { expect, it } from "vitest";
import { discardBody } from "./discard-body.ts";

function sending(parts: number, headers: Record<string, string> = {}) {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (sent === parts) return controller.close();
        sent += 1;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: "POST", body, headers, duplex: "half" };
  return { request: new Request("http://floom.test/", init), sentMiB: () => sent };
}

it("what is left of a body is taken in, so that the sender sees the answer", async () => {
  const { request, sentMiB } = sending(40);
  await discardBody(request);
  expect(sentMiB()).toBe(40);
});

it("a body without end is not listened to for ever", async () => {
  const { request, sentMiB } = sending(100_000);
  await discardBody(request);
  expect(sentMiB()).toBeLessThan(110);
});

it("whoever waits for a word to go on sends nothing, and one who breaks off does no harm", async () => {
  const waiting = sending(5, { expect: "100-continue" });
  await discardBody(waiting.request);
  expect(waiting.sentMiB()).toBe(0);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  const init = { method: "POST", body: broken, duplex: "half" };
  await discardBody(new Request("http://floom.test/", init));
});
