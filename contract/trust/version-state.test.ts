import { expect, it } from "vitest";
import { stepFrom, versionStateSchema } from "./version-state.ts";
import type { VersionState, VersionStep } from "./version-state.ts";

const allSteps: VersionStep[] = ["promote", "reject", "retire"];

it("knows these steps and no other", () => {
  const known = versionStateSchema.options.flatMap((state) =>
    allSteps.flatMap((step) =>
      stepFrom(state, step) === null ? [] : `${state} ${step} ${stepFrom(state, step)}`,
    ),
  );
  expect(known).toEqual([
    "quarantined promote active",
    "quarantined reject rejected",
    "active retire retired",
  ]);
});

it("whatever the order of steps, nothing that was rejected or retired runs again", () => {
  const walk = (state: VersionState, left: number): void => {
    for (const step of left === 0 ? [] : allSteps) {
      const next = stepFrom(state, step);
      if (state === "rejected" || state === "retired") expect(next).toBeNull();
      if (next !== null) walk(next, left - 1);
    }
  };
  for (const state of versionStateSchema.options) walk(state, 5);
  expect(versionStateSchema.options).toContain("rejected");
});
