import { expect, it } from "vitest";
import type { Manifest } from "#contract/manifest/manifest";
import { warnOfTakenTools } from "./judge-tools.ts";

const named = (name: string) =>
  ({ name, title: name, description: "", exec: { inputs: [], outputs: [] } }) as unknown as Manifest;

it("a worker that is called like a tool of the platform, of whichever set, is told to take another name", () => {
  expect(warnOfTakenTools(named("redeliver"))).toEqual([
    expect.objectContaining({ severity: "warning", fix: "Give the worker another name." }),
  ]);
  expect(warnOfTakenTools(named("invoices"))).toEqual([]);
});
