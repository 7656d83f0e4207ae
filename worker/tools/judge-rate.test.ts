import fc from "fast-check";
import { expect, it } from "vitest";
import { judgeRate } from "./judge-rate.ts";

const counted = fc.array(
  fc.record({ until: fc.integer({ min: 1, max: 60 }), calls: fc.integer({ min: 1, max: 5 }) }),
  {
    maxLength: 20,
  },
);

it("lets a call through exactly where fewer than the limit count, and names the first moment at which one would be let through", () => {
  fc.assert(
    fc.property(counted, fc.integer({ min: 1, max: 20 }), fc.nat(60), (calls, limit, now) => {
      const countAt = (at: number) => calls.reduce((sum, one) => sum + (one.until > at ? one.calls : 0), 0);
      const verdict = judgeRate(calls, { limit, now });
      expect(verdict.kind).toBe(countAt(now) < limit ? "taken" : "later");
      if (verdict.kind === "taken") return;
      expect(verdict.count).toBe(countAt(now) + 1);
      expect(judgeRate(calls, { limit, now: verdict.retry_at }).kind).toBe("taken");
      expect(judgeRate(calls, { limit, now: verdict.retry_at - 1 }).kind).toBe("later");
    }),
  );
});
