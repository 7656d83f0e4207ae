import { expect, it } from "vitest";
import { readLimits } from "../isolation/limits.ts";
import { agentConfigFor, loopbackPort } from "./guest-files.ts";

it.each([
  ["http://127.0.0.1:8787", 8787],
  ["http://localhost:9000", 9000],
  ["http://[::1]:9000", 9000],
  ["http://127.0.0.1", 80],
  ["http://192.168.1.7:8787", undefined],
  ["http://floom.example", undefined],
  ["http://127.0.0.1.example:8787", undefined],
])("an edge at %s has the port %s of the loopback", (origin, port) => {
  expect(loopbackPort(origin)).toBe(port);
});

it("the agent is told to answer for an edge of the loopback, and for no other", () => {
  const limits = readLimits({}, 2);
  expect(agentConfigFor(limits, "http://127.0.0.1:8787")).toMatchObject({ edge_port: 8787 });
  expect(JSON.stringify(agentConfigFor(limits, "http://floom.example"))).not.toContain("edge_port");
});
