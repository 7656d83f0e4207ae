import { expect, it } from "vitest";
import { buildFailure } from "#contract/runs/run-failure";
import { retryDelayMs } from "./retry.ts";
import type { RetryRule } from "./run-state.ts";

const rule: RetryRule = { max_attempts: 3, delay_ms: 1000, backoff: "exponential", on: ["all"] };
const attempts = (...lost: boolean[]) =>
  lost.map((isLost, i) => ({ attempt: i + 1, started_at: 0, ended_at: 0, lost: isLost, code: null }));
const delay = (
  change: Partial<RetryRule>,
  lost: boolean[],
  code: Parameters<typeof buildFailure>[0] = "execution_error",
  jitter = 0,
) => retryDelayMs({ ...rule, ...change }, buildFailure(code), { attempts: attempts(...lost), jitter });

it("the delay doubles from try to try and stays below an hour", () => {
  expect([delay({}, [false]), delay({}, [false, false])]).toEqual([1000, 2000]);
  expect(delay({ delay_ms: 3_000_000, max_attempts: 9 }, [false, false, false])).toBe(3_600_000);
  expect(delay({ backoff: "fixed" }, [false, false])).toBe(1000);
});

it("tries end at the manifest's number, and attempts the platform lost are not counted", () => {
  expect(delay({}, [false, false, false])).toBeNull();
  expect(delay({}, [true, true, false, false])).toBe(2000);
});

it("only the named codes are tried again, and never what somebody decided", () => {
  expect(delay({ on: ["timeout"] }, [false])).toBeNull();
  expect(delay({ on: ["timeout"] }, [false], "timeout")).toBe(1000);
  expect(delay({}, [false], "user_cancel")).toBeNull();
  expect(delay({}, [false], "missing_secrets")).toBeNull();
  expect(retryDelayMs(null, buildFailure("timeout"), { attempts: attempts(false), jitter: 0 })).toBeNull();
});

it("jitter only ever adds", () => {
  expect(delay({}, [false], "execution_error", 0.999)).toBeGreaterThan(1000);
  expect(delay({}, [false], "execution_error", 0.999)).toBeLessThanOrEqual(1200);
});

it("a code may have a rule of its own, and the others share the rule for all", () => {
  const rules = {
    timeout: { max_attempts: 2, delay_ms: 7, backoff: "fixed" as const },
    all: { max_attempts: 5, delay_ms: 9, backoff: "fixed" as const },
  };
  const on = ["timeout", "all"];
  expect(delay({ on, rules }, [false], "timeout")).toBe(7);
  expect(delay({ on, rules }, [false, false], "timeout")).toBeNull();
  expect(delay({ on, rules }, [false, false, false, false])).toBe(9);
  expect(delay({ on: ["timeout"], rules: { timeout: rules.timeout } }, [false])).toBeNull();
});
