import { expect, it } from "vitest";
import type { McpCaller, ToolWish } from "../caller.ts";
import type { ToolDescriptor, ToolSource } from "../tool-source.ts";
import { openToolList } from "./write-tools.ts";

const annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
const tool = (name: string): ToolDescriptor => ({
  name,
  title: name,
  description: name,
  inputSchema: { type: "object" },
  outputSchema: { type: "object" },
  annotations,
});
const wish = { isFull: false, worker: null, workers: null, tags: null };

/** A workspace that says what its mark is and which tools it has, and counts how often it was asked for these. */
function openWorkspace() {
  const state = { mark: 1, names: ["b", "a"], lists: 0, whileListing: () => undefined as void };
  const source: ToolSource = {
    list: () => {
      state.lists += 1;
      state.whileListing();
      return Promise.resolve(state.names.map(tool));
    },
    call: () => Promise.resolve(null),
  };
  const callerOf = (principal: object, asked: ToolWish = wish) =>
    ({ principal, wish: asked, readMark: () => Promise.resolve(state.mark) }) as unknown as McpCaller;
  return { state, source, callerOf };
}

const ada = { kind: "token", workspace_id: "wsp_1", scopes: ["runs:write"], reach: null };
const namesIn = ({ text }: { text: string }) =>
  (JSON.parse(text) as ToolDescriptor[]).map(({ name }) => name);

it("a list is made once, in the order of names, until something of the workspace has changed", async () => {
  const { state, source, callerOf } = openWorkspace();
  const write = openToolList([source]);
  expect(namesIn(await write(callerOf(ada)))).toEqual(["a", "b"]);
  await write(callerOf(ada));
  expect(state.lists).toBe(1);
  Object.assign(state, { mark: 2, names: ["c"] });
  expect(namesIn(await write(callerOf(ada)))).toEqual(["c"]);
});

it("whoever may see something else, asks for something else or is elsewhere gets a list of their own", async () => {
  const { state, source, callerOf } = openWorkspace();
  const write = openToolList([source]);
  const hidden = [{ id: "wrk_1", name: "a" }];
  const others = [
    callerOf(ada),
    callerOf({ ...ada, workspace_id: "wsp_2" }),
    callerOf({ ...ada, scopes: [] }),
    callerOf({ ...ada, kind: "account" }),
    callerOf({ ...ada, reach: { hidden, runner: [], approver: [] } }),
    callerOf({ ...ada, reach: { hidden: [], runner: hidden, approver: [] } }),
    callerOf(ada, { ...wish, isFull: true }),
    callerOf(ada, { ...wish, worker: "a" }),
  ];
  for (const one of others) await write(one);
  expect(state.lists).toBe(others.length);
  await write(callerOf({ ...ada, id: "tok_of_bob" }));
  expect(state.lists).toBe(others.length);
});

it("a list that something changed under while it was made is not kept", async () => {
  const { state, source, callerOf } = openWorkspace();
  const write = openToolList([source]);
  state.whileListing = () => {
    state.mark = 2;
  };
  await write(callerOf(ada));
  await write(callerOf(ada));
  expect(state.lists).toBe(2);
  await write(callerOf(ada));
  expect(state.lists).toBe(2);
});
