import type { chartRoutes } from "#contract/charts/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { getRun } from "../runs/read/read-run.ts";
import type { ReadDeps } from "../runs/read/read-run.ts";
import { answerChart } from "./answer-chart.ts";

export const chartHandlers: RouteHandlers<typeof chartRoutes, ReadDeps> = {
  async drawRunChart(deps, { params, query, principal }) {
    const { outputs } = await getRun(deps, principal, params.run);
    return answerChart(outputs, query);
  },
};
