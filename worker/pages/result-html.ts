import { html } from "hono/html";
import type { OutputFile, OutputTable, OutputView, RunOutput, ShownText } from "#contract/outputs/output";
import { showLine, showText } from "#contract/outputs/show-text";
import { cellText } from "#contract/outputs/table";
import { formatBytes } from "#contract/words";
import { judgeChart } from "../charts/judge-chart.ts";
import type { Html } from "../http/plain-page.ts";
import { attemptNow } from "../platform/attempt.ts";
import { buildPreview } from "../http/look/file-preview.ts";
import { renderMarkdown } from "./render-markdown.ts";

/** More rows than these nobody reads on a page without a filter; all of them are in the file. */
const MOST_ROWS = 200;
const MOST_COLUMNS = 50;

/** Where the builder stands: the run's path, and how many tables and pages of HTML there have been. */
interface Place {
  path: string;
  tables: { count: number };
  pages: { count: number };
  /** The run is under way, and its tables are not there to be saved. */
  isPart: boolean;
}

const buildCut = ({ leftOut }: { leftOut: number }): Html | "" =>
  leftOut === 0
    ? ""
    : html`<p class="muted">${leftOut.toLocaleString("en-US")} more characters are not shown.</p>`;

/** `look` is the style's name for it: words are set as words, code and JSON in letters of one width. */
const buildText = (shown: ShownText, look: "text" | "code" = "code"): Html =>
  html`<pre class="${look}">${shown.text}</pre>
    ${buildCut(shown)}`;

function buildTable({ columns, rows, leftOut }: OutputTable, { path, tables, isPart }: Place): Html {
  const at = tables.count;
  tables.count += 1;
  const shown = columns.slice(0, MOST_COLUMNS);
  const head = shown.map((name) => html`<th scope="col">${showLine(name)}</th>`);
  const body = rows.slice(0, MOST_ROWS).map(
    (row) =>
      html`<tr>
        ${shown.map((_, column) => html`<td>${cellText(row[column] ?? null)}</td>`)}
      </tr>`,
  );
  const more = rows.length + leftOut - Math.min(rows.length, MOST_ROWS);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table ${at + 1}">
      <table>
        <thead>
          <tr>
            ${head}
          </tr>
        </thead>
        <tbody>
          ${body}
        </tbody>
      </table>
    </div>
    ${more === 0 ? "" : html`<p class="muted">${more.toLocaleString("en-US")} more rows are ${isPart ? "there" : "in the file"}.</p>`}
    ${isPart ? "" : html`<p><a class="button plain" href="${path}/tables/${at}" download>Save as CSV</a></p>`}`;
}

/** By its own address, since what a page writes into a frame has the page's own policy, which knows no styles but its own. */
function buildFrame({ path, pages, isPart }: Place): Html {
  const at = pages.count;
  pages.count += 1;
  if (isPart) return html`<p class="muted">A page, which shows once it is whole.</p>`;
  return html`<iframe class="frame" sandbox="" title="Output" src="${path}/html/${at}"></iframe>`;
}

/** Which picture of a chart fits a reader's screen: one for each ground, and one for a phone. */
function buildChart(view: Extract<OutputView, { kind: "chart" }>, place: Place): Html {
  const { spec, table, pointer, title } = view;
  const written = html`<details>
    <summary>How the chart is written</summary>
    ${buildText(showText(JSON.stringify(spec, null, 2)))}
  </details>`;
  const rows =
    table === null
      ? ""
      : html`<details>
          <summary>The rows of the chart, as a table</summary>
          ${buildTable(table, place)}
        </details>`;
  const judged = attemptNow(() => judgeChart(spec));
  if (!judged.ok) {
    return html`<p class="muted">The chart is not drawn: ${showLine(judged.refusal.message, 300)}</p>
      ${rows} ${written}`;
  }
  const address = `${place.path}/chart?at=${encodeURIComponent(pointer)}`;
  const alt = title === "" ? "Chart" : `Chart: ${title}`;
  return html`<picture>
      <source
        media="(prefers-color-scheme: dark) and (max-width: 34rem)"
        srcset="${address}&look=dark&width=narrow"
      />
      <source media="(prefers-color-scheme: dark)" srcset="${address}&look=dark" />
      <source media="(max-width: 34rem)" srcset="${address}&width=narrow" />
      <img
        class="chart"
        src="${address}"
        alt="${alt}${table === null ? "" : ". Its rows are in the table below."}"
      />
    </picture>
    ${rows} ${written}`;
}

function buildFile(file: OutputFile, { path }: Place): Html {
  const address = `${path}/files/${file.id}`;
  return html`${buildPreview(file, `${address}?view=1`)}
    <p class="row">
      <a class="button plain" href="${address}" download>Save ${showLine(file.name)}</a>
      <span class="muted">${formatBytes(file.size_bytes)}</span>
    </p>`;
}

function buildView(view: OutputView, place: Place): Html {
  switch (view.kind) {
    case "empty":
      return html`<p class="muted">Nothing.</p>`;
    case "text":
      return buildText(view, "text");
    case "code":
      return buildText(view);
    case "link":
      return html`<p>
        <a rel="noopener noreferrer nofollow" target="_blank" href="${view.url}">${showLine(view.url)}</a>
      </p>`;
    case "markdown":
      return html`${renderMarkdown(view.text)}${buildCut(view)}`;
    case "html":
      return buildFrame(place);
    case "json":
      return buildText(showText(JSON.stringify(view.value, null, 2)));
    case "key_value":
      return html`<dl>
        ${view.entries.map(
          ({ label, view: inner }) =>
            html`<dt>${showLine(label)}</dt>
              <dd>${buildView(inner, place)}</dd>`,
        )}
      </dl>`;
    case "table":
      return buildTable(view, place);
    case "chart":
      return buildChart(view, place);
    case "file":
      return buildFile(view.file, place);
    case "files":
      return html`${view.files.map((file) => buildFile(file, place))}`;
  }
}

/** The tables of an output in the order in which a page shows them. Pure. */
export function listTables(view: OutputView): OutputTable[] {
  if (view.kind === "table") return [view];
  if (view.kind === "chart") return view.table === null ? [] : [view.table];
  return view.kind === "key_value" ? view.entries.flatMap(({ view: inner }) => listTables(inner)) : [];
}

/** The HTML of an output in the order in which a page shows it. Pure. */
export function listHtml(view: OutputView): string[] {
  if (view.kind === "html") return [view.html];
  return view.kind === "key_value" ? view.entries.flatMap(({ view: inner }) => listHtml(inner)) : [];
}

/**
 * What a run put out, as a page may show it: `path` is the run's own. `isPart`: it is under way, and what has come is not
 * all of it. Pure.
 */
export function buildResult(
  { view, otherFiles }: RunOutput,
  path: string,
  { isPart = false }: { isPart?: boolean } = {},
): Html {
  const place: Place = { path, tables: { count: 0 }, pages: { count: 0 }, isPart };
  const isNothing = view.kind === "empty" || (view.kind === "json" && JSON.stringify(view.value) === "{}");
  if (isNothing && otherFiles.length === 0) return html`<p>It is done; there is nothing to show.</p>`;
  return html`${isNothing ? "" : html`<section class="card" aria-label="Result">${buildView(view, place)}</section>`}
  ${otherFiles.map((file) => html`<section class="card" aria-label="File">${buildFile(file, place)}</section>`)}`;
}
