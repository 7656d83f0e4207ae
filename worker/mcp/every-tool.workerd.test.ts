import type { Client } from "@modelcontextprotocol/client";
import { expect, it } from "vitest";
import * as z from "zod";
import { parseJson } from "#contract/json";
import { routes } from "#contract/routes";
import type { TableRoute } from "#contract/routes";
import { defaultTools } from "#contract/tools/default-tools";
import { fullTools } from "#contract/tools/full-tools";
import { strangerToken } from "../../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../../test/support/workerd/stranger.ts";
import { callTool, openMcp } from "../../test/support/workerd/mcp-client.ts";
import { bodyOf, nothing } from "../../test/support/workerd/route-requests.ts";
import type { Things } from "../../test/support/workerd/route-requests.ts";
import { seedThings } from "../../test/support/workerd/seed-things.ts";
import { argumentsOf } from "./tool-arguments.ts";
import { specialTools } from "./special-tools.ts";

const all = [...defaultTools, ...fullTools];
const openFull = () => openMcp({ path: "/mcp?toolset=full" });
const objectForm = z.record(z.string(), z.unknown());

const deep = (levels: number): unknown => {
  let value: unknown = "bottom";
  for (let at = 0; at < levels; at += 1) value = { in: [value] };
  return value;
};
/** Nobody's: the first token of a workspace has the id of `nothing`. */
const nobodys: Things = { ...nothing, token: `tok_${"3".repeat(26)}` };
/** As text, because an object that is written down takes such a key for its prototype. */
const ofThePrototype = parseJson('{"__proto__":{"a":1},"constructor":{"prototype":1},"toString":{}}');
const kinds: [what: string, value: unknown][] = [
  ["a number", -1.5e300],
  ["nothing", null],
  ["an empty text", ""],
  ["a long text", "x".repeat(70_000)],
  ["a way out", "../../%2e%2e/\u0000?a=b#c"],
  ["keys of the prototype", ofThePrototype],
  ["deep JSON", deep(20)],
  ["half a character", "\ud800"],
];

/** What is wrong with an answer to arguments that make no sense; null for one that a model can act on. */
function findFault({ isError, said }: { isError: boolean; said: Record<string, unknown> }): string | null {
  const { code, detail } = said;
  if (!isError) return null;
  if (typeof code !== "string" || typeof detail !== "string" || detail === "") return "no code and detail";
  if (code === "internal" || code === "internal_error") return `${code}: ${detail}`;
  const errors = z.array(z.object({ pointer: z.string() })).safeParse(said["errors"] ?? []);
  if (!errors.success) return "an error without its place";
  return code === "invalid_arguments" && errors.data.length === 0 ? "no place" : null;
}

/** Calls with each argument of a tool set to a hostile value, two of them in turn, and with names that no tool has. */
async function attack(
  client: Client,
  { name, names, turn }: { name: string; names: readonly string[]; turn: number },
): Promise<string[]> {
  const wrong: string[] = [];
  const check = async (what: string, args: Record<string, unknown>) => {
    const fault = await callTool(client, name, args).then(
      findFault,
      (error: unknown) => `thrown: ${String(error)}`,
    );
    if (fault !== null) wrong.push(`${name} with ${what}: ${fault}`);
  };
  for (const step of [0, 1]) {
    const kind = kinds[(turn + step * 3) % kinds.length];
    if (kind !== undefined) await check(kind[0], Object.fromEntries(names.map((one) => [one, kind[1]])));
  }
  await check("names of the prototype", objectForm.parse(ofThePrototype));
  return wrong;
}

it("no arguments make any tool of the platform fail: each is an answer that a model can act on", async () => {
  const client = await openFull();
  const { tools } = await client.listTools();
  const listed = tools.map(({ name, inputSchema }, turn) => {
    return { name, names: Object.keys(inputSchema.properties ?? {}), turn };
  });
  expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(all.map(({ name }) => name)));
  const wrong: string[] = [];
  for (const tool of listed) wrong.push(...(await attack(client, tool)));
  expect(wrong).toEqual([]);
});

it("of another workspace's things every tool says what it says of things that are not there", async () => {
  const theirs = await seedThings(
    { token: await strangerToken(), workspace_id: strangerWorkspace },
    "theirs",
  );
  const client = await openFull();
  for (const { name, route: id } of all) {
    const route = routes[id];
    if (specialTools[name] !== undefined || !route.path.includes("{")) continue;
    const codeFor = async (things: Things) => {
      const { isError, said } = await callTool(client, name, argumentsFor(route, things));
      return [name, isError, said["code"], said["detail"]];
    };
    const [of, none] = [await codeFor(theirs), await codeFor(nobodys)];
    const unnamed = (text: unknown, things: Things) =>
      Object.values(things).reduce((left, one) => left.replaceAll(one, "*"), String(text));
    expect(of.slice(0, 3), name).toEqual(none.slice(0, 3));
    expect(unnamed(of[3], theirs), name).toBe(unnamed(none[3], nobodys));
  }
  for (const [name, args] of Object.entries({
    worker_files: { worker: theirs.worker },
    run_start: { worker: theirs.worker },
    run_wait: { run: theirs.run },
    store_get: { worker: theirs.worker, key: "k" },
    store_set: { worker: theirs.worker, key: "k", value: 1 },
    schedule_set: { worker: theirs.worker, cron: "0 9 * * 1" },
    schedule_list: { worker: theirs.worker },
    approval_decide: { approval: theirs.approval, decision: "reject" },
  }))
    expect([name, (await callTool(client, name, args)).said["code"]]).toEqual([name, "not_found"]);
});

function argumentsFor(route: TableRoute, things: Things): Record<string, unknown> {
  const { properties } = z.object({ properties: objectForm }).parse(argumentsOf(route).schema);
  const { json = {} } = bodyOf(route, nothing);
  const params = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, one = ""]) => [one, thing(things, one)]);
  return {
    ...objectForm.parse(json),
    ...("content" in properties ? { content: "text" } : {}),
    ...Object.fromEntries(params),
  };
}

const thing = (things: Things, parameter: string): string => {
  const known: Record<string, string> = { ...things };
  return known[parameter === "other" ? "otherRun" : parameter] ?? "1";
};
