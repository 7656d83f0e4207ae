import { html } from "hono/html";
import { problems } from "#contract/problem-registry";
import type { TableRoute } from "#contract/routes";
import { limits, formatAmount } from "#contract/limits";
import { buildStyle } from "../http/plain-page.ts";
import type { Html } from "../http/plain-page.ts";
import { problemsOf } from "./openapi.ts";

/** Pieces with a comma between them. */
const list = (pieces: readonly Html[]) => pieces.flatMap((piece, at) => (at === 0 ? [piece] : [", ", piece]));

function buildQueryRows(route: TableRoute): Html | "" {
  const names = route.query ? Object.keys(route.query.shape) : [];
  return names.length > 0 ? html`<p>Query: ${list(names.map((name) => html`<code>${name}</code>`))}</p>` : "";
}

function buildCurl(route: TableRoute): string {
  const lines = [`curl${route.method === "GET" ? "" : ` -X ${route.method}`} "$FLOOM_API_URL${route.path}"`];
  if (route.access !== "public") lines.push(`  -H "Authorization: Bearer $FLOOM_TOKEN"`);
  if (route.body?.kind === "json") lines.push(`  -H "Content-Type: application/json" -d '{}'`);
  if (route.body?.kind === "multipart") lines.push(`  -F ${route.body.field}=@path`);
  if (route.body?.kind === "bytes")
    lines.push(`  -H "Content-Type: ${route.body.media_types[0]}" --data-binary @path`);
  return lines.join(" \\\n");
}

function describeAccess(route: TableRoute): string {
  if (route.access === "public") return "no token";
  return route.access === "run_token" ? "run token" : `scope ${route.access}`;
}

function buildRoute(route: TableRoute): Html {
  const refusals = problemsOf(route).map((code) => html`<a href="#problem-${code}">${code}</a>`);
  return html`<details id="${route.id}">
    <summary><b>${route.method}</b> <code>${route.path}</code> ${route.summary}</summary>
    <p>${route.description}</p>
    ${buildQueryRows(route)}
    <p>Needs: ${describeAccess(route)}. Answers ${route.answer.status}: ${route.answer.description}</p>
    <p>Refusals: ${refusals.length > 0 ? list(refusals) : "none of its own"}.</p>
    <pre>${buildCurl(route)}</pre>
  </details>`;
}

function buildProblems(): Html[] {
  return Object.entries(problems).map(
    ([code, { status, title, remedy }]) =>
      html`<dt id="problem-${code}"><code>${code}</code> ${status}</dt>
        <dd>${title}. ${remedy}</dd>`,
  );
}

function buildLimits(): Html[] {
  return Object.values(limits).map(
    (limit) =>
      html`<tr>
        <td>${limit.what}</td>
        <td>${formatAmount(limit)}</td>
      </tr>`,
  );
}

/** Allowed by its digest: what stands beside it is not. */
export const style = `:root{color-scheme:light dark;--bg:#fafaf7;--fg:#141414;--line:#e7e0d6;--card:#fff}
@media(prefers-color-scheme:dark){:root{--bg:#181818;--fg:#eee;--line:#3a3a3a;--card:#222}}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;background:var(--bg);color:var(--fg)}
details{border:1px solid var(--line);border-radius:12px;padding:.6rem 1rem;margin:.5rem 0;background:var(--card)}
summary{cursor:pointer}pre{overflow:auto;padding:.6rem;border:1px solid var(--line);border-radius:8px}
dt{margin-top:.6rem}table{border-collapse:collapse}td{padding:.2rem 1rem .2rem 0;border-bottom:1px solid var(--line)}`;

/** The browsable page of the API, made from the same table as everything else; it works without JavaScript. */
export function buildDocsPage(table: Record<string, TableRoute>): Html {
  const tags = [...new Set(Object.values(table).map((route) => route.tag))];
  const sections = tags.map((tag) => {
    const inTag = Object.values(table).filter((route) => route.tag === tag);
    return html`<h2>${tag}</h2>
      ${inTag.map(buildRoute)}`;
  });
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Floom API</title>
        ${buildStyle(style)}
      </head>
      <body>
        <main>
          <h1>Floom API</h1>
          <p>
            Machine-readable: <a href="/api/openapi.json">OpenAPI 3.1</a>. Errors are RFC 9457 problem
            documents.
          </p>
          ${sections}
          <h2>Problems</h2>
          <dl>${buildProblems()}</dl>
          <h2>Limits</h2>
          <table>
            ${buildLimits()}
          </table>
        </main>
      </body>
    </html>`;
}
