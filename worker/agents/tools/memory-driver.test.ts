import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { verifies } from "../../../test/verifies.ts";
import { buildSystem } from "../build-prompt.ts";
import { openMemoryDriver } from "./memory-driver.ts";

const wish = (given: object) => ({
  call_id: "t1c1",
  tool: "remember_learning",
  arguments: { learning: "Short.", ...given },
  request: { learning: "Short.", ...given },
  credentials: [],
});
const with_ = { credentials: {}, signal: new AbortController().signal };

it("says whether later runs are told of a learning, or why a person looks at it first", async () => {
  verifies("agents:memory:reviewed");
  const kept: object[] = [];
  let why: string | null = null;
  const driver = openMemoryDriver({
    whyWaiting: () => why,
    remember: async (learning) => kept.push(learning) > 0,
  });
  expect(await driver.execute(wish({ source: "a page" }), with_)).toEqual({
    ok: true,
    content: { ok: true, used: true, waits_because: null },
  });
  why = "It has read a page.";
  expect(await driver.execute(wish({}), with_)).toMatchObject({
    content: { used: false, waits_because: why },
  });
  expect(kept).toEqual([
    { call_id: "t1c1", learning: "Short.", source: "a page", why_waiting: null },
    { call_id: "t1c1", learning: "Short.", source: null, why_waiting: why },
  ]);
});

it("tells an agent that there is no room", async () => {
  verifies("agents:memory:bounded");
  const driver = openMemoryDriver({ whyWaiting: () => null, remember: async () => false });
  expect(await driver.execute(wish({}), with_)).toMatchObject({ ok: false, code: "memory_full" });
  const [tool] = driver.list();
  expect(tool?.input_schema["properties"]).toMatchObject({
    learning: { maxLength: limits.learning_characters.value },
  });
});

it("puts learnings behind the instructions as notes, and rules behind them", () => {
  verifies("agents:memory:rules");
  const parts = { now: 0, systemPrompt: null, outputs: [], instructions: "# Do it", contexts: [] };
  const told = buildSystem({
    ...parts,
    memory: { folder: "lessons", writeable: true, learnings: ["One\n- two"], rules: ["Be brief."] },
  });
  const places = ["# Do it", "context/lessons/learnings.jsonl", "- One - two", "- Be brief.", "Work with"];
  const found = places.map((text) => told.indexOf(text));
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  expect(found).not.toContain(-1);
  const none = { folder: null, writeable: false, learnings: [], rules: [] };
  expect(buildSystem({ ...parts, memory: none })).not.toMatch(/memory|Rules/);
});
