import type { Clock } from "../platform/clock.ts";
import { migrateTables } from "../platform/objects/object-migrations.ts";
import type { PartTools } from "../platform/objects/object-part.ts";
import { judgeRate, RATE_WINDOW_MS } from "./judge-rate.ts";
import type { RateVerdict } from "./judge-rate.ts";

/** A call of a tool that says how often it may be called. */
export interface RatedCall {
  tool: string;
  /** As the version of the run says. */
  limit: number;
  /** A person is asked first: it is judged now, and counted once it is to be sent. */
  isAsked: boolean;
}

/** The remote calls of a WorkerObject that concern how often its tools are called. */
export interface CallRatesApi {
  /** Counts a call, unless it came too often. One that was counted and is asked for again counts twice: never too little. */
  takeCall(call: RatedCall): Promise<RateVerdict>;
}

const SECOND_MS = 1000;

/** The forms its tables have had; see migrateTables. */
const steps = [
  `CREATE TABLE IF NOT EXISTS call_seconds (tool TEXT NOT NULL, second INTEGER NOT NULL, calls INTEGER NOT NULL, PRIMARY KEY (tool, second)) WITHOUT ROWID;`,
];

/**
 * How often the tools of a worker were called lately, over all its runs. At most 62 rows of a tool, whatever it may be called;
 * a call costs one row, and one more for a second that is over. Of a worker without such tools there is not even a table.
 *   call_seconds(tool, second, calls)   calls of one second; all of them count until a minute after its end
 */
export class CallRates {
  readonly #deps: Pick<PartTools, "sql" | "write"> & { clock: Clock };

  constructor(deps: Pick<PartTools, "sql" | "write"> & { clock: Clock }) {
    this.#deps = deps;
  }

  /** See CallRatesApi. No await in here: of two at once one is counted first. */
  take({ tool, limit, isAsked }: RatedCall): RateVerdict {
    const { sql, write, clock } = this.#deps;
    const now = clock();
    migrateTables(sql, "call_rates", steps);
    const over = Math.floor((now - RATE_WINDOW_MS) / SECOND_MS);
    const counted = sql
      .exec<{ second: number; calls: number }>(
        "SELECT second, calls FROM call_seconds WHERE tool = ? AND second >= ?",
        tool,
        over,
      )
      .toArray();
    const verdict = judgeRate(
      counted.map(({ second, calls }) => ({ until: (second + 1) * SECOND_MS + RATE_WINDOW_MS, calls })),
      { limit, now },
    );
    if (verdict.kind === "later" || isAsked) return verdict;
    write("DELETE FROM call_seconds WHERE tool = ? AND second < ?", tool, over);
    write(
      "INSERT INTO call_seconds (tool, second, calls) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET calls = calls + 1",
      tool,
      Math.floor(now / SECOND_MS),
    );
    return verdict;
  }
}
