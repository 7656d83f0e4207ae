import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { deleteRuns, deleteRunsAnyway } from "./delete-runs.ts";
import type { RunsToKeep } from "./retention-deps.ts";

/** Runs in memory; `followUps` says whose follow-up is whose, `stuck` which cannot be deleted now, and how. */
function openRuns(
  ids: readonly string[],
  {
    followUps = {},
    stuck = {},
  }: { followUps?: Record<string, string>; stuck?: Record<string, "kept" | "throws"> },
) {
  const rows = new Set(ids);
  const forgotten: string[] = [];
  const runs: Pick<RunsToKeep, "listAwaited" | "forget" | "deleteRows"> = {
    listAwaited: async (_workspaceId, asked) => asked.filter((id) => rows.has(followUps[id] ?? "")),
    forget: async (id) => {
      if (stuck[id] === "throws") throw new Error("out of reach");
      if (stuck[id] === "kept") return false;
      forgotten.push(id);
      return true;
    },
    deleteRows: async (_workspaceId, gone) => {
      for (const id of gone) {
        expect(forgotten, "a row goes after what it stands for").toContain(id);
        rows.delete(id);
      }
    },
  };
  return { runs, rows };
}

it("a chain of follow-ups goes in one page, the last of them first", async () => {
  const { runs, rows } = openRuns(["a", "b", "c"], { followUps: { a: "b", b: "c" } });
  expect(await deleteRuns(runs, "wsp", ["a", "b", "c"])).toBe(3);
  expect([...rows]).toEqual([]);
});

it("those that a kept run needs stay, and those that cannot be deleted hold nobody up", async () => {
  verifies("retention:house:bounded");
  const { runs, rows } = openRuns(["a", "b", "c", "d", "kept"], {
    followUps: { a: "kept", d: "b" },
    stuck: { b: "throws", kept: "kept" },
  });
  expect(await deleteRuns(runs, "wsp", ["a", "b", "c", "d"])).toBe(1);
  expect([...rows]).toEqual(["a", "b", "d", "kept"]);
});

it("a page of which nothing can go comes to an end", async () => {
  const { runs } = openRuns(["a", "b"], { stuck: { a: "kept", b: "throws" } });
  expect(await deleteRuns(runs, "wsp", ["a", "b"])).toBe(0);
  expect(await deleteRuns(runs, "wsp", [])).toBe(0);
});

it("a page of runs goes side by side, and no more at a time than a wake-up may have open", async () => {
  verifies("retention:workspace:quick");
  const ids = Array.from({ length: 100 }, (_, index) => `run_${index}`);
  const { runs, rows } = openRuns(ids, {});
  let [open, most] = [0, 0];
  const forget = async (id: string) => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setTimeout(resolve, 1));
    open -= 1;
    return runs.forget(id);
  };
  expect(await deleteRunsAnyway({ ...runs, forget }, "wsp", ids)).toBe(100);
  expect(rows.size).toBe(0);
  expect(most).toBe(10);
});
