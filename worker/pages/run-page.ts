import { html } from "hono/html";
import { buildOutput } from "#contract/outputs/build-output";
import { describePartial } from "#contract/outputs/describe-partial";
import type { RunOutput } from "#contract/outputs/output";
import type { PartialOutput } from "#contract/runs/partial";
import type { PublicRun } from "#contract/shares/share";
import { isTerminal } from "#contract/runs/run";
import type { Html } from "../http/plain-page.ts";
import { buildResult } from "./result-html.ts";
import { showText } from "#contract/outputs/show-text";

const states: Record<PublicRun["status"], string> = {
  queued: "Waiting for its turn",
  running: "Running",
  pending_approval: "Waiting for a person",
  completed: "Done",
  failed: "Not done",
  cancelled: "Stopped",
};

/** What the page of a run shows. */
export interface RunPage {
  run: PublicRun;
  /** What came out; null while there is nothing. */
  output: RunOutput | null;
  title: string;
  /** Path of the app that it is a run of; null where the page is of the result alone. */
  base: string | null;
  /** Path below which the run's events and files are. */
  path: string;
  /** A link to the result that was made just now; null for none. */
  shared: string | null;
}

function buildProgress({ run, path }: RunPage): Html {
  const percent = run.progress?.percent ?? null;
  const message = run.progress?.message ?? "";
  const bar =
    percent === null
      ? html`<progress aria-label="Progress" max="100"></progress>`
      : html`<progress aria-label="Progress" max="100" value="${percent}"></progress>`;
  return html`<div data-island="live" data-events="${path}/events">
    ${bar}
    <p>${showText(message).text}</p>
    ${run.partial === null ? "" : buildPartial(run.partial, path)}
    <noscript><p class="muted">This page asks again every few seconds.</p></noscript>
  </div>`;
}

/** What the app has handed back before it is done, by its shape. */
function buildPartial(partial: PartialOutput, path: string): Html {
  const output = buildOutput(null, { result: partial.pieces }, []);
  return html`<p class="muted">${describePartial(partial)}</p>
    ${buildResult(output, path, { isPart: true })}`;
}

function buildSharing({ path, base, shared, run }: RunPage): Html | "" {
  if (base === null || run.status !== "completed") return "";
  if (shared !== null) {
    return html`<div class="card" role="status">
      <label for="shared">Whoever has this address sees the result. It is shown this once.</label>
      <input id="shared" readonly value="${shared}" data-island="copy" />
    </div>`;
  }
  return html`<form method="post" action="${path}/share">
    <button class="plain">Share this result</button>
  </form>`;
}

/** The page of a run: how far it is, or what came out. Pure. */
export function buildRunPage(page: RunPage): Html {
  const { run, output, title, base, path } = page;
  const isOver = isTerminal(run.status);
  return html`<h1>${showText(title).text}</h1>
    <p role="status" id="status"><strong>${states[run.status]}</strong></p>
    ${run.message === null ? "" : html`<p role="alert">${run.message}</p>`}
    ${isOver ? "" : buildProgress(page)} ${output === null ? "" : buildResult(output, path)}
    ${buildSharing(page)} ${base === null ? "" : html`<p><a href="${base}">Run it again</a></p>`}`;
}
