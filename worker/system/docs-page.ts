import { problems } from "#contract/problem";
import type { Route } from "#contract/route";
import { limits, formatLimit, type LimitName } from "#contract/limits";
import { escapeHtml } from "../platform/escape-html.ts";
import { problemsOf } from "./openapi.ts";

function buildQueryRows(route: Route): string {
  const names = route.query ? Object.keys(route.query.shape) : [];
  return names.length > 0
    ? `<p>Query: ${names.map((name) => `<code>${escapeHtml(name)}</code>`).join(", ")}</p>`
    : "";
}

function buildCurl(route: Route): string {
  const lines = [`curl${route.method === "GET" ? "" : ` -X ${route.method}`} "$FLOOM_API_URL${route.path}"`];
  if (route.access !== "public") lines.push(`  -H "Authorization: Bearer $FLOOM_TOKEN"`);
  if (route.body?.kind === "json") lines.push(`  -H "Content-Type: application/json" -d '{}'`);
  if (route.body?.kind === "multipart") lines.push(`  -F ${route.body.field}=@path`);
  if (route.body?.kind === "bytes")
    lines.push(`  -H "Content-Type: ${route.body.media_types[0]}" --data-binary @path`);
  return lines.join(" \\\n");
}

function buildRoute(route: Route): string {
  const access =
    route.access === "public"
      ? "no token"
      : route.access === "run_token"
        ? "run token"
        : `scope ${route.access}`;
  const refusals = problemsOf(route).map((code) => `<a href="#problem-${code}">${code}</a>`);
  return `<details id="${route.id}"><summary><b>${route.method}</b> <code>${escapeHtml(route.path)}</code> ${escapeHtml(route.summary)}</summary>
<p>${escapeHtml(route.description ?? "")}</p>${buildQueryRows(route)}
<p>Needs: ${access}. Answers ${route.answer.status}: ${escapeHtml(route.answer.description)}</p>
<p>Refusals: ${refusals.length > 0 ? refusals.join(", ") : "none of its own"}.</p>
<pre>${escapeHtml(buildCurl(route))}</pre></details>`;
}

function buildProblems(): string {
  return Object.entries(problems)
    .map(
      ([code, p]) =>
        `<dt id="problem-${code}"><code>${code}</code> ${p.status}</dt><dd>${escapeHtml(p.title)}. ${escapeHtml(p.remedy)}</dd>`,
    )
    .join("\n");
}

function buildLimits(): string {
  return Object.keys(limits)
    .map(
      (name) =>
        `<tr><td>${escapeHtml(limits[name as LimitName].what)}</td><td>${formatLimit(name as LimitName)}</td></tr>`,
    )
    .join("\n");
}

const style = `:root{color-scheme:light dark;--bg:#fafaf7;--fg:#141414;--line:#e7e0d6;--card:#fff}
@media(prefers-color-scheme:dark){:root{--bg:#181818;--fg:#eee;--line:#3a3a3a;--card:#222}}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;background:var(--bg);color:var(--fg)}
details{border:1px solid var(--line);border-radius:12px;padding:.6rem 1rem;margin:.5rem 0;background:var(--card)}
summary{cursor:pointer}pre{overflow:auto;padding:.6rem;border:1px solid var(--line);border-radius:8px}
dt{margin-top:.6rem}table{border-collapse:collapse}td{padding:.2rem 1rem .2rem 0;border-bottom:1px solid var(--line)}`;

/** The browsable page of the API, made from the same table as everything else; it works without JavaScript. */
export function buildDocsPage(table: Record<string, Route>): string {
  const tags = [...new Set(Object.values(table).map((route) => route.tag))];
  const sections = tags.map((tag) => {
    const inTag = Object.values(table).filter((route) => route.tag === tag);
    return `<h2>${escapeHtml(tag)}</h2>${inTag.map(buildRoute).join("\n")}`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Floom API</title><style>${style}</style></head><body><main><h1>Floom API</h1>
<p>Machine-readable: <a href="/api/openapi.json">OpenAPI 3.1</a>. Errors are RFC 9457 problem documents.</p>
${sections.join("\n")}<h2>Problems</h2><dl>${buildProblems()}</dl><h2>Limits</h2><table>${buildLimits()}</table>
</main></body></html>`;
}
