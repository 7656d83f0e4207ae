import { chartQuerySchema } from "#contract/charts/routes";
import { actionsOf } from "#contract/actions/actions-of";
import { buildOutput } from "#contract/outputs/build-output";
import type { OutputView, RunOutput } from "#contract/outputs/output";
import { tableCsv } from "#contract/outputs/table";
import type { PublicRun } from "#contract/shares/share";
import type { WorkerVersion } from "../catalog/store.ts";
import { AppError } from "../platform/app-error.ts";
import { answerChart } from "../charts/answer-chart.ts";
import { answerHtml } from "../http/look/file-answer.ts";
import { listHtml, listTables } from "./result-html.ts";

/** What to show of a run that has come to a result, as its action declares it; null for one that has not. Pure. */
export function outputOf(run: PublicRun, found: WorkerVersion | null): RunOutput | null {
  if (run.status !== "completed") return null;
  const actions = found === null ? [] : actionsOf(found.version.manifest);
  const action = actions.find(({ name }) => name === run.action) ?? actions[0];
  return buildOutput(action?.output_schema ?? null, run.outputs, run.files);
}

/** One of the tables that a page shows, as CSV that runs nothing in a spreadsheet. Throws `not_found`. */
export function answerTable(output: RunOutput | null, place: string): Response {
  const table =
    output === null || !/^\d{1,4}$/.test(place) ? undefined : listTables(output.view)[Number(place)];
  if (table === undefined) throw nothingToShow();
  const headers = {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="table.csv"',
  };
  return new Response(tableCsv(table.columns, table.rows), { headers });
}

/** HTML that a page shows in a frame. Throws `not_found`. */
export function answerFrame(output: RunOutput | null, place: string): Response {
  const shown =
    output === null || !/^\d{1,4}$/.test(place) ? undefined : listHtml(output.view)[Number(place)];
  if (shown === undefined) throw new AppError("not_found", "There is nothing here, or not any more.");
  return answerHtml(shown);
}

/** The picture of a chart that a page shows. Throws `not_found` and `chart_not_drawn`. */
export function answerPageChart(
  output: RunOutput | null,
  run: PublicRun,
  request: Request,
): Promise<Response> {
  const asked = chartQuerySchema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  const isShown = asked.success && output !== null && listCharts(output.view).includes(asked.data.at);
  if (!isShown) throw nothingToShow();
  return answerChart(run.outputs, asked.data);
}

/** Where the charts of an output are: nothing else that a run put out is asked for by its place. */
function listCharts(view: OutputView): string[] {
  if (view.kind === "chart") return [view.pointer];
  return view.kind === "key_value" ? view.entries.flatMap(({ view: inner }) => listCharts(inner)) : [];
}

const nothingToShow = () => new AppError("not_found", "There is nothing here, or not any more.");
