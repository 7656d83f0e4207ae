import { formatAmount, limits } from "#contract/limits";
import { rates } from "#contract/rates/rates";
import { buildTable, code, openPage } from "./generator.ts";
import type { Generator } from "./generator.ts";

export const limitsPage: Generator = {
  file: "docs/reference/limits.md",
  render: async () => {
    return [
      openPage("Limits", "contract/<noun>/limits.ts"),
      "Every number you can meet. The error that enforces one names it.\n",
      buildTable(
        ["Limit", "Value", "Of what"],
        Object.entries(limits).map(([name, limit]) => [code(name), formatAmount(limit), limit.what]),
      ),
      "\n## How often\n",
      "Whoever asks more often is answered `429` with `Retry-After`, and the code `rate_limit_exceeded`. The numbers are those of a server that can be reached from outside; `FLOOM_RATE_LIMITS` changes them, and on your own machine there are a thousand times as many.\n",
      buildTable(
        ["Rate", "Requests", "In", "Counted for", "Of what"],
        Object.entries(rates).map(([name, { requests, seconds, per, exact, what }]) => [
          code(name),
          String(requests),
          formatAmount({ value: seconds, unit: "seconds", what }),
          exact ? `${per}, exactly` : per,
          what,
        ]),
      ),
      "",
    ].join("\n");
  },
};
