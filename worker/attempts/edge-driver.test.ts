import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import type { AttemptApi } from "./attempt-api.ts";
import { EdgeDriver } from "./edge-driver.ts";

const attemptWith = (hasSandbox: boolean): Partial<AttemptApi> => ({ stop: async () => hasSandbox });

it("kills the sandboxes of an attempt that may have one, and answers that they are gone only when they are", async () => {
  verifies("agents:commands:own-sandbox");
  const killed: string[] = [];
  let isKilled = false;
  const driverOf = (hasSandbox: boolean) =>
    new EdgeDriver(
      () => attemptWith(hasSandbox) as AttemptApi,
      async (runId, attempt) => {
        killed.push(`${runId}/${attempt}`);
        return isKilled;
      },
    );
  expect(await driverOf(false).kill("edge:run_1:2")).toBe(true);
  expect(killed).toEqual([]);
  expect(await driverOf(true).kill("edge:run_1:2")).toBe(false);
  isKilled = true;
  expect(await driverOf(true).killAttempt("run_1", 2)).toBe(true);
  expect(killed).toEqual(["run_1/2", "run_1/2"]);
});
