import { spendRoutes } from "#contract/spend/routes";
import { spendGroupSchema } from "#contract/spend/spend";
import type { SpendState } from "#contract/spend/spend";
import { formatCount } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { spendSpec } from "./specs.ts";

/** Shows what was spent, and how the caps stand. */
export const run: Run<typeof spendSpec> = async (context, { options }) => {
  const { output, json } = context;
  const api = await context.api();
  if (options.mine) {
    const own = await api.call(spendRoutes.getAccountSpend);
    if (json) output.document(own);
    else {
      output.line(`Your runs: ${formatUsd(own.today_usd)} today, ${formatUsd(own.month_usd)} this month.`);
      own.caps.forEach((cap) => output.line(describeCap(cap)));
    }
    return exitCodes.ok.code;
  }
  const by = spendGroupSchema.optional().parse(options.by);
  const spent = await api.call(spendRoutes.getWorkspaceSpend, { query: { by, month: options.month } });
  if (json) {
    output.document(spent);
    return exitCodes.ok.code;
  }
  output.line(`${spent.month}: ${formatUsd(spent.total_usd)} for ${formatCount(spent.runs, "run")}.`);
  spent.caps.forEach((cap) => output.line(describeCap(cap)));
  if (spent.rows.length > 0) {
    output.table(
      [spent.by.toUpperCase(), "RUNS", "SANDBOXES", "MODELS", "TOTAL"],
      spent.rows.map((row) => [
        row.name === "" ? "(nobody's account)" : row.name,
        String(row.runs),
        formatUsd(row.sandbox_usd),
        formatUsd(row.model_usd),
        formatUsd(row.total_usd),
      ]),
    );
  }
  return exitCodes.ok.code;
};

/** Cents are too much for one short run: small amounts have more digits. */
function formatUsd(usd: number): string {
  return `$${usd.toFixed(usd === 0 || usd >= 1 ? 2 : 6)}`;
}

function describeCap({ scope, period, spent_usd: spent, cap_usd: cap, warning }: SpendState): string {
  if (cap === null) return `No cap for the ${scope} a ${period}.`;
  const near = warning ? " It comes near." : "";
  return `Of ${formatUsd(cap)} for the ${scope} this ${period}, ${formatUsd(spent)} is spent.${near}`;
}
