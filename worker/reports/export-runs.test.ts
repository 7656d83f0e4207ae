import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { runIdSchema } from "#contract/ids";
import { numberedId } from "../../test/support/numbered-id.ts";
import { sampleRunSummary } from "../../test/support/sample-records.ts";
import { exportRuns } from "./export-runs.ts";
import type { ReadPart } from "./export-runs.ts";

const idOf = (number: number) => runIdSchema.parse(numberedId("run", number));
const read = async (readPart: ReadPart) => (await exportRuns(readPart).text()).split("\r\n").slice(0, -1);

it("parts follow each other to the end, and an empty one in between does not end it", async () => {
  const asked: (string | undefined)[] = [];
  const lines = await read(async (before) => {
    asked.push(before);
    const number = asked.length;
    const runs = number === 2 ? [] : [sampleRunSummary({ id: idOf(number) })];
    return { runs, rest: number === 3 ? null : idOf(number) };
  });
  expect(asked).toEqual([undefined, idOf(1), idOf(2)]);
  expect(lines.map((line) => line.split(",")[0])).toEqual(["id", idOf(1), idOf(3)]);
});

it("an export is cut off at its limit, says so in its last line, and reads no further", async () => {
  const part = Array.from({ length: 4000 }, () => sampleRunSummary());
  let parts = 0;
  const lines = await read(async () => {
    parts += 1;
    return { runs: part, rest: idOf(1) };
  });
  expect(lines.length).toBe(limits.export_runs.value + 2);
  expect(lines.at(-1)?.split(",")[0]).toBe(
    `Cut off: there may be more runs. Ask again with before_id=${part[0]?.id}`,
  );
  expect(parts).toBe(3);
});

it("exactly as many runs as an export holds are no cut off table", async () => {
  const runs = Array.from({ length: limits.export_runs.value }, () => sampleRunSummary());
  const lines = await read(async () => ({ runs, rest: null }));
  expect([lines.length, lines.at(-1)?.startsWith("run_")]).toEqual([limits.export_runs.value + 1, true]);
});

it("what is sought and hardly there ends the search after a while, and says from where to go on", async () => {
  let parts = 0;
  const lines = await read(async () => ({ runs: [], rest: idOf((parts += 1)) }));
  expect(parts).toBeLessThan(100);
  expect(lines.at(-1)).toContain(`before_id=${idOf(parts)}`);
});

it("a workspace without runs is a head line", async () => {
  expect((await read(async () => ({ runs: [], rest: null }))).length).toBe(1);
});

it("a reader who is told nothing of a fault sees the file break off, not end", async () => {
  await expect(read(async () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
});
