import { expect, it } from "vitest";
import { foldProfile } from "./fold-profile.ts";
import type { CpuProfile } from "./fold-profile.ts";

const frame = (functionName: string, url = "", lineNumber = -1) => ({ functionName, url, lineNumber });

const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame("(root)"), children: [2, 3, 6, 7] },
    { id: 2, callFrame: frame("serve", "file:///srv/edge.js", 9), children: [4, 5] },
    { id: 3, callFrame: frame("(idle)") },
    { id: 4, callFrame: frame("", "file:///srv/edge.js", 19) },
    { id: 5, callFrame: frame("", "file:///srv/edge.js", 19) },
    { id: 6, callFrame: frame("(garbage collector)") },
    { id: 7, callFrame: frame("never", "file:///srv/edge.js", 1) },
  ],
  samples: [2, 3, 4, 5, 6, 4],
  timeDeltas: [10, 1000, 20, 30, 5, -3],
};

it("a profile becomes the calls by their caller, with the time of all below them, without what was idle", () => {
  expect(foldProfile("edge", profile)).toEqual({
    name: "edge",
    value: 65,
    children: [
      {
        name: "serve edge.js:10",
        value: 60,
        children: [{ name: "(anonymous) edge.js:20", value: 50, children: [] }],
      },
      { name: "(garbage collector)", value: 5, children: [] },
    ],
  });
});

it("a sample after a pause does not stand for the pause", () => {
  const paused = { ...profile, samples: [2, 2], timeDeltas: [500, 600_000] };
  expect(foldProfile("edge", paused).value).toBe(2_500);
});

it("a profile of a process that did nothing is an empty graph", () => {
  const idle = { nodes: [{ id: 1, callFrame: frame("(root)") }], samples: [], timeDeltas: [] };
  expect(foldProfile("server", idle)).toEqual({ name: "server", value: 0, children: [] });
});
