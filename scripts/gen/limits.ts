import { formatLimit, limits } from "#contract/limits";
import type { LimitName } from "#contract/limits";
import { buildTable, code, openPage } from "./generator.ts";
import type { Generator } from "./generator.ts";

export const limitsPage: Generator = {
  file: "docs/reference/limits.md",
  render: async () => {
    const names = Object.keys(limits) as LimitName[];
    return [
      openPage("Limits", "contract/<noun>/limits.ts"),
      "Every number you can meet. The error that enforces one names it.\n",
      buildTable(
        ["Limit", "Value", "Of what"],
        names.map((name) => [code(name), formatLimit(name), limits[name].what]),
      ),
      "",
    ].join("\n");
  },
};
