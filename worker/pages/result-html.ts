import { html } from "hono/html";
import type { Json } from "#contract/json";
import type { PublicRun } from "#contract/shares/share";
import { formatBytes } from "#contract/words";
import type { Html } from "../http/plain-page.ts";
import { showsAs } from "./file-answer.ts";
import { renderMarkdown } from "./render-markdown.ts";
import { showActing, showText } from "./show-text.ts";

type OutputValue = PublicRun["output_schema"][number];
type SharedFile = PublicRun["files"][number];

const MOST_ROWS = 200;
const CUT = html`<p class="muted">It is longer than can be shown here.</p>`;

function buildText(value: string): Html {
  const { text, cut } = showText(value);
  return html`<pre>${text}</pre>
    ${cut ? CUT : ""}`;
}

/** A list of flat objects is a table. */
function isTable(value: Json): value is Record<string, Json>[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((row) => typeof row === "object" && row !== null && !Array.isArray(row))
  );
}

const cellText = (value: Json | undefined): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);

function buildTable(rows: Record<string, Json>[]): Html {
  const columns = [...new Set(rows.slice(0, MOST_ROWS).flatMap((row) => Object.keys(row)))].slice(0, 50);
  const head = columns.map((name) => html`<th scope="col">${showActing(name)}</th>`);
  const body = rows.slice(0, MOST_ROWS).map(
    (row) =>
      html`<tr>
        ${columns.map((name) => html`<td>${showText(cellText(row[name])).text}</td>`)}
      </tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table">
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
    ${rows.length > MOST_ROWS ? html`<p class="muted">The first ${MOST_ROWS} of ${rows.length} rows.</p>` : ""}`;
}

function buildValue({ type, value }: OutputValue): Html {
  if (typeof value === "string" && type === "markdown") {
    const { text, cut } = showText(value);
    return html`${renderMarkdown(text)}${cut ? CUT : ""}`;
  }
  if (typeof value === "string") return buildText(value);
  if (typeof value === "number" || typeof value === "boolean") return html`<p>${String(value)}</p>`;
  if (isTable(value)) return buildTable(value);
  return buildText(JSON.stringify(value, null, 2));
}

function buildPreview(file: SharedFile, address: string): Html | "" {
  const name = showActing(file.name);
  switch (showsAs(file.type)) {
    case "image":
      return html`<img src="${address}?view=1" alt="${name}" />`;
    case "audio":
      return html`<audio controls src="${address}?view=1"></audio>`;
    case "video":
      return html`<video controls src="${address}?view=1"></video>`;
    case "html":
      return html`<iframe
        class="frame"
        sandbox="allow-scripts"
        title="${name}"
        src="${address}?view=1"
      ></iframe>`;
    case "pdf":
      return html`<p><a href="${address}?view=1">Look at it</a></p>`;
    case null:
      return "";
  }
}

function buildFile(file: SharedFile, path: string): Html {
  const address = `${path}/files/${file.id}`;
  return html`<div class="card">
    ${buildPreview(file, address)}
    <p class="row">
      <a class="button plain" href="${address}" download>Save ${showActing(file.name)}</a>
      <span class="muted">${formatBytes(file.size_bytes)}</span>
    </p>
  </div>`;
}

/** What a run put out, as a page may show it: `path` is the run's own. Pure. */
export function buildResult(run: PublicRun, path: string): Html {
  const shown = run.output_schema.filter(({ value, artifact_id }) => artifact_id === null && value !== null);
  const values = shown.map(
    (output) =>
      html`<section class="card">
        <h2>${showActing(output.label)}</h2>
        ${buildValue(output)}
      </section>`,
  );
  const named = new Set(run.output_schema.map(({ name }) => name));
  const rest = Object.entries(run.outputs)
    .filter(([name]) => !named.has(name))
    .map(([name, value]) => {
      const output = { name, label: name, type: "json", value, artifact_id: null };
      return html`<section class="card">
        <h2>${showActing(name)}</h2>
        ${buildValue(output)}
      </section>`;
    });
  const files = run.files.map((file) => buildFile(file, path));
  const nothing = values.length + rest.length + files.length === 0;
  return html`${values}${rest}${files}${nothing ? html`<p>It is done; there is nothing to show.</p>` : ""}`;
}
