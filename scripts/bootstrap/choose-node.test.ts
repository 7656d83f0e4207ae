import { expect, it } from "vitest";
import { chooseNode } from "./choose-node.mjs";

const own = { path: "/checkout/node_modules/.bin/node", version: "v24.21.0" };
const absent = { path: own.path, version: undefined };

it("the project runs on the Node of its lockfile, whichever started it", () => {
  expect(chooseNode({ own, running: { path: "/usr/bin/node", version: "v20.20.2" } })).toBe(own.path);
  expect(chooseNode({ own, running: { path: "/usr/bin/node", version: "v26.1.0" } })).toBe(own.path);
});

it("where no Node is packed for the system, one that is new enough runs the project", () => {
  expect(chooseNode({ own: absent, running: { path: "/opt/node", version: "v24.1.0" } })).toBe("/opt/node");
});

it("with no Node that will do, the person is told which one to install", () => {
  const running = { path: "/usr/bin/node", version: "v20.20.2" };
  expect(() => chooseNode({ own: absent, running })).toThrow("install Node 24");
  expect(() => chooseNode({ own: { ...own, version: "v22.1.0" }, running })).toThrow("install Node 24");
});
