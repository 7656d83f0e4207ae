import { useState } from "react";
import { spendRoutes } from "#contract/spend/routes";
import { spendGroupSchema } from "#contract/spend/spend";
import type { SpendGroup, SpendState } from "#contract/spend/spend";
import { useRead } from "../../api/use-read.ts";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ChoiceField } from "../../parts/labelled.tsx";
import { Stat, formatUsd } from "../../parts/stat.tsx";

const groupWords: Record<SpendGroup, string> = { worker: "Worker", user: "Person", day: "Day" };
const periodWords: Record<SpendState["period"], string> = { day: "Today", month: "This month" };

/** What the workspace's runs have cost this month. */
export function Spending() {
  const [by, setBy] = useState<SpendGroup>("worker");
  const spend = useRead(spendRoutes.getWorkspaceSpend, { query: { by } });
  return (
    <section aria-labelledby="spending-heading">
      <h2 id="spending-heading">What runs cost</h2>
      <div className="filters">
        <ChoiceField
          label="By"
          value={by}
          choices={spendGroupSchema.options.map((group) => [group, groupWords[group]] as const)}
          onChange={({ currentTarget: { value } }) =>
            setBy(spendGroupSchema.options.find((group) => group === value) ?? "worker")
          }
        />
      </div>
      <Loaded query={spend} what="what runs cost">
        {({ total_usd: total, runs, rows, caps }) => (
          <>
            <dl className="stats">
              <Stat label="This month" note={`${runs} runs`}>
                {formatUsd(total)}
              </Stat>
              {caps
                .filter(({ cap_usd: most }) => most !== null)
                .map(({ period, spent_usd: spent, cap_usd: most }) => (
                  <Stat
                    key={period}
                    label={`${periodWords[period]}, of its cap`}
                    note={`of ${formatUsd(most ?? 0)}`}
                  >
                    {formatUsd(spent)}
                  </Stat>
                ))}
            </dl>
            {rows.length === 0 ? (
              <p className="card muted">Nothing has cost anything this month.</p>
            ) : (
              <ListTable
                caption="Costs, the dearest first"
                rows={rows}
                keyOf={({ key }) => key}
                columns={[
                  { head: groupWords[by], cell: ({ name }) => name || "Nobody’s account" },
                  { head: "Runs", cell: ({ runs: count }) => count, isNumber: true },
                  { head: "Sandboxes", cell: ({ sandbox_usd: usd }) => formatUsd(usd), isNumber: true },
                  { head: "Models", cell: ({ model_usd: usd }) => formatUsd(usd), isNumber: true },
                  { head: "In all", cell: ({ total_usd: usd }) => formatUsd(usd), isNumber: true },
                ]}
              />
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}
