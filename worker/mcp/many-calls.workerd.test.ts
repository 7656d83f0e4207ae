import type { Client } from "@modelcontextprotocol/client";
import { expect, it } from "vitest";
import { createRandom } from "../../test/support/random.ts";
import { callApi, ownerToken, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { callTool, openMcp } from "../../test/support/workerd/mcp-client.ts";
import { verifies } from "../../test/verifies.ts";

const CALLS = 1000;
const LANES = 16;

/** One workspace's client, and a word that only this workspace's things hold. */
interface Side {
  token: string;
  word: string;
  client: Client;
}

/** Calls that are under way and will be given up, oldest first. */
const leaving: { stop: AbortController; calling: Promise<unknown> }[] = [];

/** Has the oldest of them given up. By what else has ended, not by a time: a busy runtime rings no bell for seconds. */
async function leaveOne(): Promise<void> {
  const one = leaving.shift();
  one?.stop.abort();
  await one?.calling;
}

async function openSide(token: string, word: string): Promise<Side> {
  const client = await openMcp({ token });
  const code = `def act(n: int = 1) -> str:\n    """Says ${word}."""\n    return "${word}"\n`;
  await callTool(client, "worker_deploy", { code, name: `${word}-worker` });
  await callTool(client, "store_set", { key: "word", value: word });
  return { token, word, client };
}

/** What a client does, and what it is told; null for a call that it will give up while others go on. */
const acts: ((side: Side, random: number) => Promise<unknown>)[] = [
  ({ client }) => client.listTools({}, { cacheMode: "bypass" }),
  ({ client }) => callTool(client, "worker_list"),
  ({ client }) => callTool(client, "store_get", { key: "word" }),
  ({ client, word }, at) => callTool(client, "store_set", { key: `k${at % 7}`, value: { word, at } }),
  ({ client }, at) => callTool(client, "store_get", { key: `k${at % 7}` }),
  ({ client, word }) => callTool(client, `${word}-worker`, { n: "many" }),
  ({ client }) => callTool(client, "run_get", { run: "run_00000000000000000000000000" }),
  ({ client }) =>
    client.callTool({ name: "no_such_tool", arguments: {} }).catch((error: unknown) => String(error)),
  async ({ client, word }, at) => {
    const stop = new AbortController();
    const tool = at % 2 === 0 ? `${word}-worker` : "worker_list";
    const calling = client.callTool({ name: tool, arguments: {} }, { signal: stop.signal }).catch(() => null);
    leaving.push({ stop, calling });
    return null;
  },
];

it("a thousand calls at once, some given up, tell each workspace its own and leave no run behind", async () => {
  verifies("mcp:calls:many");
  const sides = [await openSide(ownerToken, "amber"), await openSide(await strangerToken(), "cobalt")];
  const random = createRandom(7);
  const plan = Array.from({ length: CALLS }, () => ({
    side: random.pick(sides),
    act: random.pick(acts),
    at: random.below(1000),
  }));
  const strays: string[] = [];
  const lane = async (): Promise<void> => {
    for (let next = plan.pop(); next !== undefined; next = plan.pop()) {
      const { side, act, at } = next;
      if (side === undefined || act === undefined) throw new Error("nothing was picked");
      const told = JSON.stringify(await act(side, at));
      const other = sides.find(({ word }) => word !== side.word)?.word ?? "";
      if (told.includes(other) || told.includes('"internal"')) strays.push(told.slice(0, 200));
      // Some are given up a moment after they began, others when a few calls have ended since.
      if (leaving.length > at % 9) await leaveOne();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  while (leaving.length > 0) await leaveOne();
  expect(strays).toEqual([]);
  for (const { token, word } of sides) {
    const left = async () => {
      const answer = await callApi("GET", `/api/runs?worker=${word}-worker&limit=100`, { token });
      return answer.text();
    };
    await expect.poll(left, { timeout: 20_000 }).not.toMatch(/"status":"(?:queued|running)"/);
  }
  for (const { client } of sides) await client.close();
});
