import { spendRoutes } from "#contract/spend/routes";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Stat, formatUsd } from "../../parts/stat.tsx";

/** What runs have cost this month: the workspace's for who looks after it, else one's own. */
export function SpendStat() {
  const isWhole = useMay()("workspace:write");
  const whole = useRead(spendRoutes.getWorkspaceSpend, { enabled: isWhole });
  const own = useRead(spendRoutes.getAccountSpend, { enabled: !isWhole });
  const usd = isWhole ? whole.data?.total_usd : own.data?.month_usd;
  const cap = (isWhole ? whole.data?.caps : own.data?.caps)?.find(
    ({ period, cap_usd: allowed }) => period === "month" && allowed !== null,
  );
  const most = cap?.cap_usd ?? null;
  const note = most === null ? undefined : `of ${formatUsd(most)}`;
  return (
    <Stat label={isWhole ? "Spent this month" : "You spent this month"} note={note}>
      {usd === undefined ? "–" : formatUsd(usd)}
    </Stat>
  );
}
