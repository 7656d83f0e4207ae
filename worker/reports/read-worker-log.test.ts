import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { runIdSchema } from "#contract/ids";
import type { LogLine } from "#contract/runs/run";
import { numberedId } from "../../test/support/numbered-id.ts";
import { readWorkerLog } from "./read-worker-log.ts";

const idOf = (number: number) => runIdSchema.parse(numberedId("run", number));
const line = (message: string, level: LogLine["level"] = "info", minute = 0): LogLine => ({
  level,
  stream: "stdout",
  message,
  timestamp: `2026-01-01T00:0${minute}:00.000Z`,
});
const all = { level: undefined, since: undefined, limit: 10 };

it("lines of several runs come oldest first, each with its run", async () => {
  const readTail = async (id: string) => [line(`${id} a`), line(`${id} b`)];
  const { logs, runs_read } = await readWorkerLog(readTail, [idOf(2), idOf(1)], all);
  expect(logs.map(({ run_id: run, message }) => [run, message])).toEqual([
    [idOf(1), `${idOf(1)} a`],
    [idOf(1), `${idOf(1)} b`],
    [idOf(2), `${idOf(2)} a`],
    [idOf(2), `${idOf(2)} b`],
  ]);
  expect(runs_read).toBe(2);
});

it("no more runs are read than are needed, nor than may be", async () => {
  const many = Array.from({ length: 50 }, (_, at) => idOf(at));
  const enough = await readWorkerLog(async () => [line("a"), line("b"), line("c")], many, {
    ...all,
    limit: 2,
  });
  expect([enough.runs_read, enough.logs.map(({ message }) => message)]).toEqual([1, ["b", "c"]]);
  const none = await readWorkerLog(async () => [], many, all);
  expect(none.runs_read).toBe(limits.worker_log_runs.value);
});

it("lines below the level or before the time are left out", async () => {
  const lines = [line("old", "error", 1), line("quiet", "info", 3), line("loud", "warning", 3)];
  const since = Date.parse("2026-01-01T00:02:00Z");
  const { logs } = await readWorkerLog(async () => lines, [idOf(1)], { level: "warning", since, limit: 10 });
  expect(logs.map(({ message }) => message)).toEqual(["loud"]);
});
