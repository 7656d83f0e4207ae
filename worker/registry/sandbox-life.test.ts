import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { verifies } from "../../test/verifies.ts";
import { sandboxLifeMs } from "../runs/lifecycle/run-state.ts";
import { leftForInstall, mostTimeoutSeconds, whyOutlivesSandbox } from "./sandbox-life.ts";

const hour = 3600;

it("the longest run that is taken is one that its sandbox lives through", () => {
  verifies("run:limits:sandbox-life");
  const timeout_seconds = mostTimeoutSeconds(hour);
  expect(timeout_seconds).toBe(3300);
  const install_timeout_seconds = leftForInstall(timeout_seconds, hour);
  expect(install_timeout_seconds).toBe(limits.install_timeout_seconds.value);
  expect(sandboxLifeMs({ timeout_seconds, install_timeout_seconds })).toBe(hour * 1000);
});

it("a longer run is refused with its own number and the most that is possible", () => {
  expect(whyOutlivesSandbox(3300, hour)).toBeNull();
  expect(whyOutlivesSandbox(3301, hour)).toContain(
    "limits.timeout_seconds is 3301, and at most 3300 are possible",
  );
  expect(whyOutlivesSandbox(limits.run_timeout_seconds.value, 24 * hour)).toBeNull();
});
