import { expect, test } from "vitest";
import { ContactLost, followEvents, isPassingFailure } from "./follow.ts";
import type { FollowOptions } from "./follow.ts";

const timestamp = "2026-01-01T00:00:00.000Z";
const line = (seq: number) =>
  JSON.stringify({ type: "log", seq, timestamp, level: "info", stream: "stdout", message: `line ${seq}` });
const close = (seq: number) => JSON.stringify({ type: "close", seq, timestamp, status: "completed" });

/** Follows over connections that each give one of `answers`, on a clock that only sleeping moves. */
async function follow(answers: (string[] | Error)[], onLive?: FollowOptions["onLive"]) {
  const asked: number[] = [];
  const slept: number[] = [];
  const seqs: number[] = [];
  let nowMs = 0;
  const events = followEvents({
    open: async (lastSeq) => {
      asked.push(lastSeq);
      const answer = answers.shift() ?? new TypeError("connection refused");
      if (answer instanceof Error) throw answer;
      return (async function* () {
        yield* answer;
      })();
    },
    isPassing: isPassingFailure,
    sleep: async (ms) => {
      slept.push(ms);
      nowMs += ms;
    },
    now: () => nowMs,
    signal: new AbortController().signal,
    ...(onLive === undefined ? {} : { onLive }),
  });
  const end = await (async () => {
    for await (const { seq } of events) seqs.push(seq);
    return "closed" as const;
  })().catch((error: unknown) => error);
  return { asked, slept, seqs, end };
}

test("a reader that was left open over a deployment goes on over an event of a kind it does not know", async () => {
  const unknown = JSON.stringify({ type: "agent_step", seq: 2, timestamp, tool: "search" });
  const { seqs, end } = await follow([[line(1), unknown, line(3), close(4)]]);
  expect({ seqs, end }).toEqual({ seqs: [1, 3, 4], end: "closed" });
});

test("what a model is saying is shown and counts as no event, for a reader who asks for it and for one who does not", async () => {
  const live = { type: "live", turn: 1, kind: "text", text: "Let me", characters: 6 };
  const shown: string[] = [];
  const messages = [line(1), JSON.stringify(live), close(2)];
  const { seqs } = await follow([[...messages]], ({ text }) => shown.push(text));
  expect({ seqs, shown }).toEqual({ seqs: [1, 2], shown: ["Let me"] });
  expect((await follow([[...messages]])).seqs).toEqual([1, 2]);
});

test("a stream that breaks goes on behind the last event that came, with none missed or seen twice", async () => {
  const { asked, seqs } = await follow([
    [line(1), line(2)],
    new TypeError("terminated"),
    [line(2), line(3), "{half a mess"],
    [close(4)],
  ]);
  expect(asked).toEqual([0, 2, 2, 3]);
  expect(seqs).toEqual([1, 2, 3, 4]);
});

test("a reader who had seen everything is told the end once more and stops", async () => {
  expect((await follow([[line(1), line(2)], [close(2)]])).end).toBe("closed");
});

test("a server that stays away is given up after some minutes, one that only closes quiet streams is not", async () => {
  const { end, slept } = await follow([[line(1)]]);
  expect(end).toBeInstanceOf(ContactLost);
  expect(slept.slice(0, 5)).toEqual([200, 400, 800, 1600, 3000]);
  const quiet = Array.from({ length: 500 }, () => []);
  expect((await follow([[line(1)], ...quiet, [close(2)]])).end).toBe("closed");
});

test("a refusal that no other try will change ends the following at once", async () => {
  const { end, asked } = await follow([new RangeError("a fault of ours")]);
  expect(end).toBeInstanceOf(RangeError);
  expect(asked).toEqual([0]);
});
