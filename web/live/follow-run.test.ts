import { expect, test, vi } from "vitest";
import { ApiProblem } from "#contract/client";
import type { RunEvent } from "#contract/runs/run-event";
import { verifies } from "../../test/verifies.ts";
import type { Api } from "../api/api-context.ts";
import { followRun } from "./follow-run.ts";
import type { Sight } from "./when-seen.ts";

const line = (seq: number) =>
  `id: ${seq}\ndata: ${JSON.stringify({ type: "log", seq, timestamp: "2026-01-01T00:00:00.000Z", level: "info", stream: "stdout", message: `line ${seq}` })}\n\n`;
const close = (seq: number) =>
  `id: ${seq}\ndata: ${JSON.stringify({ type: "close", seq, timestamp: "2026-01-01T00:00:00.000Z", status: "completed" })}\n\n`;

/** An API whose event stream answers each connection with the next of `answers`. */
function fakeApi(answers: (string | Error)[]) {
  const asked: (string | undefined)[] = [];
  const open = (_: unknown, options?: { headers?: Record<string, string> }) => {
    asked.push(options?.headers?.["last-event-id"]);
    const answer = answers.shift() ?? new Error("no more answers");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(new Response(answer));
  };
  return { api: { open } as unknown as Api, asked };
}

const seen: Sight = { isSeen: () => true, listen: () => undefined };

async function follow(api: Api, sight = seen) {
  const seqs: number[] = [];
  const connections: string[] = [];
  const follower = {
    onEvent: ({ seq }: RunEvent) => void seqs.push(seq),
    onConnection: (connection: string) => void connections.push(connection),
  };
  const signal = new AbortController().signal;
  await followRun({ api, run: "run_1", signal, sight, pause: () => Promise.resolve() }, follower);
  return { seqs, connections };
}

test("a stream that breaks goes on after the last event that came, with none missed or seen twice", async () => {
  verifies("web:live-log:reconnects-without-loss");
  const { api, asked } = fakeApi([
    line(1) + line(2),
    new TypeError("connection refused"),
    line(2) + line(3) + close(4),
  ]);
  const { seqs, connections } = await follow(api);
  expect(seqs).toEqual([1, 2, 3, 4]);
  expect(asked).toEqual([undefined, "2", "2"]);
  expect(connections.at(-1)).toBe("ended");
  expect(connections).toContain("interrupted");
});

test("a page left open over a deployment that adds a kind of event goes on", async () => {
  const unknown = `data: ${JSON.stringify({ type: "agent_step", seq: 2, timestamp: "2026-01-01T00:00:00.000Z" })}\n\n`;
  const { api } = fakeApi([line(1) + unknown + line(3) + close(4)]);
  expect((await follow(api)).seqs).toEqual([1, 3, 4]);
});

test("a stream that broke after the last event ends when the end is told again", async () => {
  const { api } = fakeApi([line(1) + line(2), close(2)]);
  expect((await follow(api)).connections.at(-1)).toBe("ended");
});

test("what the API refuses for good ends the following", async () => {
  const refusal = new ApiProblem({
    type: "about:blank",
    title: "There is no such thing here",
    status: 404,
    detail: "There is no such run.",
    instance: "/api/runs/run_1/events",
    code: "not_found",
    request_id: "req_1",
    retryable: false,
  });
  const { api } = fakeApi([refusal]);
  await expect(follow(api)).rejects.toBe(refusal);
});

/** A page of which the test says whether somebody sees it. */
function openSight(isSeen: boolean) {
  let now = isSeen;
  const listeners = new Set<() => void>();
  const sight: Sight = {
    isSeen: () => now,
    listen: (onChange, signal) => {
      listeners.add(onChange);
      signal.addEventListener("abort", () => listeners.delete(onChange));
    },
  };
  const turn = (next: boolean) => {
    now = next;
    for (const tell of listeners) tell();
  };
  return { sight, turn, listeners };
}

test("a tab that nobody sees opens no stream until somebody looks", async () => {
  verifies("web:live-log:only-in-sight");
  const { api, asked } = fakeApi([line(1) + close(2)]);
  const { sight, turn, listeners } = openSight(false);
  const followed = follow(api, sight);
  await vi.waitFor(() => expect(listeners.size).toBe(1));
  expect(asked).toEqual([]);
  turn(true);
  expect((await followed).seqs).toEqual([1, 2]);
  expect(listeners.size).toBe(0);
});

test("a stream is let go of once its page is out of sight for a while, and goes on when it is seen again", async () => {
  verifies("web:live-log:only-in-sight");
  vi.useFakeTimers();
  try {
    const { sight, turn } = openSight(true);
    const asked: (string | undefined)[] = [];
    let cancelled = 0;
    const open = (_: unknown, options?: { headers?: Record<string, string> }) => {
      asked.push(options?.headers?.["last-event-id"]);
      if (asked.length > 1) return Promise.resolve(new Response(line(2) + close(3)));
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode(line(1))),
        cancel: () => void (cancelled += 1),
      });
      return Promise.resolve(new Response(body));
    };
    const followed = follow({ open } as unknown as Api, sight);
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    turn(false);
    await vi.advanceTimersByTimeAsync(4_000);
    turn(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(cancelled).toBe(0);
    turn(false);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect([cancelled, asked.length]).toEqual([1, 1]);
    turn(true);
    expect((await followed).seqs).toEqual([1, 2, 3]);
    expect(asked).toEqual([undefined, "1"]);
  } finally {
    vi.useRealTimers();
  }
});
