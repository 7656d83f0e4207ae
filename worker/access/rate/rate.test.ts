import fc from "fast-check";
import { expect, it } from "vitest";
import type { Principal } from "#contract/access/access";
import { parseRates } from "#contract/rates/rates";
import { newId } from "../../platform/ids.ts";
import { attempt } from "../../platform/attempt.ts";
import { verifies } from "../../../test/verifies.ts";
import { RateCounters } from "./counters.ts";
import { addressOf, requireAddressRate, requireRate } from "./service.ts";
import type { Asker, RateDeps } from "./service.ts";
import { MOST_SKEW_MS, takeTurn } from "./take-turn.ts";

const person = (id: string): Principal => ({
  kind: "token",
  id,
  workspace_id: newId("wsp", 1),
  owner: false,
  user_id: null,
  role: null,
  reach: null,
  scopes: [],
});

function open(change: Partial<RateDeps> = {}) {
  const clock = { now: 1_000_000 };
  const exact: string[] = [];
  const deps: RateDeps = {
    clock: () => clock.now,
    rates: parseRates("", { isOwnMachine: false }),
    counters: new RateCounters(),
    takeExactly: async (key) => {
      exact.push(key);
      return 0;
    },
    ...change,
  };
  const ask = async (name: Parameters<typeof requireRate>[1], asker: Partial<Asker> = {}) => {
    const tried = await attempt(() =>
      requireRate(deps, name, { address: "8.8.8.8", principal: person("tok_a"), ...asker }),
    );
    return tried.ok ? "let in" : `${tried.refusal.code} ${tried.refusal.options.retryAfterSeconds}`;
  };
  return { deps, clock, exact, ask };
}

it("no more come through than the pace has in any window, and after a wait as long as was said one does", () => {
  const ofPace = fc.record({
    requests: fc.integer({ min: 1, max: 50 }),
    windowMs: fc.integer({ min: 50, max: 60_000 }),
  });
  const gaps = fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 200 });
  fc.assert(
    fc.property(ofPace, gaps, (pace, pauses) => {
      let now = 0;
      let until: number | undefined;
      const taken: number[] = [];
      for (const pause of pauses) {
        now += pause;
        const turn = takeTurn(until, pace, now);
        if (turn.until === null) {
          expect(takeTurn(until, pace, now + turn.waitMs).until).not.toBeNull();
          continue;
        }
        until = turn.until;
        taken.push(now);
      }
      // A burst and what comes back evenly meanwhile: never more than two bursts within a window.
      for (const begin of taken) {
        expect(taken.filter((at) => at >= begin && at < begin + pace.windowMs).length).toBeLessThanOrEqual(
          2 * pace.requests,
        );
      }
    }),
  );
});

it("counts each token for itself, and says how long to wait", async () => {
  verifies("access:rates:by-table");
  const { ask, clock } = open();
  for (let n = 0; n < 10; n++) expect(await ask("run_start")).toBe("let in");
  expect(await ask("run_start")).toBe("rate_limit_exceeded 6");
  expect(await ask("run_start", { principal: person("tok_b") })).toBe("let in");
  expect(await ask("default")).toBe("let in");
  clock.now += 6000;
  expect(await ask("run_start")).toBe("let in");
  expect(await ask("run_start")).toBe("rate_limit_exceeded 6");
});

it("a start, a read and a webhook ask nothing outside the isolate", async () => {
  verifies("access:rates:no-round-trip");
  const { ask, exact, deps } = open();
  for (const name of ["run_start", "default", "webhook", "runner", "heavy", "who_am_i"] as const)
    expect(await ask(name, { worker: "hello" })).toBe("let in");
  requireAddressRate(deps, "8.8.8.8");
  expect(exact).toEqual([]);
  expect(await ask("sign_in", { principal: null })).toBe("let in");
  expect(exact).toEqual(["sign_in:8.8.8.8"]);
});

it("a counter that cannot be asked shuts the way to sign in, and no other", async () => {
  verifies("access:rates:closed-for-sign-in");
  const away = async () => {
    throw new Error("It is away.");
  };
  const { ask } = open({ takeExactly: away });
  expect(await ask("sign_in", { principal: null })).toBe("rate_limit_exceeded 1");
  expect(await ask("invite")).toBe("rate_limit_exceeded 1");
  expect(await ask("default")).toBe("let in");
});

it("counts an address by its network where it is one of IPv6, a webhook by worker and address", async () => {
  const { deps, ask } = open({ rates: parseRates("address=2,webhook=1", { isOwnMachine: false }) });
  requireAddressRate(deps, "2001:4860:4860::1");
  requireAddressRate(deps, "2001:4860:4860::2");
  expect(() => requireAddressRate(deps, "2001:4860:4860::3")).toThrow("2 in 60 seconds");
  requireAddressRate(deps, "2001:4860:4861::3");
  expect(await ask("webhook", { worker: "a" })).toBe("let in");
  expect(await ask("webhook", { worker: "a" })).toContain("rate_limit_exceeded");
  expect(await ask("webhook", { worker: "b" })).toBe("let in");
  expect(await ask("webhook", { worker: "a", address: "9.9.9.9" })).toBe("let in");
  expect(await ask("webhook", { worker: "a", address: "" })).toBe("let in");
  expect(addressOf(new Request("http://floom.test"))).toBe("");
});

it("a clock that is set back shuts nobody out, and lets nobody do more", () => {
  verifies("access:rates:by-table");
  const pace = { requests: 5, windowMs: 60_000 };
  const begin = 9_000_000;
  // By less than the clocks of two machines differ, by more than a whole window, and by all between.
  fc.assert(
    fc.property(fc.integer({ min: 0, max: begin }), fc.integer({ min: 0, max: 5 }), (back, taken) => {
      const counters = new RateCounters();
      for (let n = 0; n < taken; n++) expect(counters.take("a", pace, begin)).toBe(0);
      const now = begin - back;
      for (let n = taken; n < 5; n++) expect(counters.take("a", pace, now)).toBe(0);
      const wait = counters.take("a", pace, now);
      expect(wait).toBe(12_000);
      expect(counters.take("a", pace, now + wait + MOST_SKEW_MS)).toBe(0);
    }),
  );
});

it("remembers so many keys and no more, and none whose time is past", () => {
  const counters = new RateCounters(100);
  const pace = { requests: 1, windowMs: 1000 };
  for (let n = 0; n < 1000; n++) expect(counters.take(`key ${n}`, pace, 0)).toBe(0);
  expect(counters.size).toBe(100);
  expect(counters.take("key 999", pace, 0)).toBe(1000);
  counters.take("another", pace, 2000);
  expect(counters.size).toBe(1);
});
