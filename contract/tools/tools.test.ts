import { expect, it } from "vitest";
import { routes } from "../routes.ts";
import { defaultTools } from "./default-tools.ts";
import { toolExceptions } from "./full-hints.ts";
import { fullTools } from "./full-tools.ts";
import { noTool } from "./no-tool.ts";

const all = [...defaultTools, ...fullTools];

it("every operation of the API is some tool's, or has a reason to be none", () => {
  const has = new Set<string>(all.map(({ route }) => route));
  const without = Object.keys(routes).filter((id) => !has.has(id) && !Object.hasOwn(noTool, id));
  expect(without).toEqual([]);
  for (const [id, reason] of Object.entries(noTool)) {
    expect(has.has(id), id).toBe(false);
    expect(reason.length, id).toBeGreaterThan(10);
  }
});

it("tools have names of their own that every client takes, and each client gets 32", () => {
  const names = all.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  expect(defaultTools).toHaveLength(32);
});

it("a tool that reads changes nothing, and one that takes away says so", () => {
  const isAsking = (route: string) => ["validateWorker", "queryStore", "generateWorker"].includes(route);
  const wrong = all.filter(({ route, readOnly, destructive }) => {
    const { method } = routes[route];
    if (readOnly) return destructive || (method !== "GET" && !isAsking(route));
    return method === "DELETE" && !destructive;
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

it("a tool of the full set that reaches out or takes something away says so, whatever its method", () => {
  const hintsOf = (route: string) => fullTools.find((tool) => tool.route === route);
  for (const route of ["testAlert", "redeliver", "testTrigger", "inviteMember", "redriveDeadLetters"])
    expect(hintsOf(route), route).toMatchObject({ readOnly: false, openWorld: true });
  for (const route of ["executeStore", "setWorkerGrants", "changeWorkspaceSettings", "putTemplate"])
    expect(hintsOf(route), route).toMatchObject({ readOnly: false, destructive: true });
  expect(hintsOf("queryStore")).toMatchObject({ readOnly: true, destructive: false });
  for (const route of Object.keys(toolExceptions)) expect(hintsOf(route), route).toBeDefined();
});
