import { RateCounters } from "../access/rate/counters.ts";
import type { RateDeps } from "../access/rate/service.ts";
import { forgetOldCounters, takeTurnExactly } from "../access/rate/store.ts";
import type { Host } from "./host.ts";

/** Of this isolate. */
const counters = new RateCounters();

export function rateDeps(host: Host): RateDeps {
  return {
    clock: host.clock,
    rates: host.config.rates,
    counters,
    takeExactly: async (key, pace, now) => {
      await forgetOldCounters(host.db, now);
      return takeTurnExactly(host.db, key, { pace, now });
    },
  };
}
