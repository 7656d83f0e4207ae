import { formatAmount, limits } from "#contract/limits";
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
      "",
    ].join("\n");
  },
};
