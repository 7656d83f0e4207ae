import { html } from "hono/html";
import type { Approval, PublicApproval } from "#contract/approvals/approval";
import { fileShow } from "#contract/outputs/file-show";
import { showLine, showText } from "#contract/outputs/show-text";
import { answers, beginSentence, formatBytes } from "#contract/words";
import { buildPreview } from "../http/look/file-preview.ts";
import { pageLook } from "../http/look/page-look.ts";
import { buildStyle } from "../http/plain-page.ts";
import type { Html } from "../http/plain-page.ts";

function buildDocument(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="referrer" content="same-origin" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${buildStyle(pageLook)}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`;
}

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

/** A name of an output as people read it: `order_number` as Order number. */
const readable = (name: string) => beginSentence(name.replaceAll("_", " "));

/** Times as they are stored, to the minute; the page has no script that would know the reader's zone. */
const tellTime = (iso: string) => iso.replace(/^(.{10})T(.{5}).*Z$/, "$1 $2 UTC");

function buildFile(approval: PublicApproval, file: Approval["artifacts"][number], token: string): Html {
  const address = `/api/approvals/public/${approval.id}/artifacts/${file.id}/download?token=${encodeURIComponent(token)}`;
  // A page of a worker's making could pass for this one: it is saved, and not shown here.
  const preview = fileShow(file) === "html" ? "" : buildPreview(file, `${address}&view=1`);
  return html`${preview}
    <p class="row">
      <a class="button plain" href="${address}" download>Save ${showLine(file.path)}</a>
      <span class="muted">${formatBytes(file.size_bytes)}</span>
    </p>`;
}

function buildOutputs(approval: PublicApproval): Html | "" {
  const rows = Object.entries(approval.outputs).map(
    ([name, value]) =>
      html`<dt title="${name}">${readable(name)}</dt>
        <dd>
          <pre class="${typeof value === "string" ? "text" : "code"}">${showText(asText(value)).text}</pre>
        </dd>`,
  );
  if (rows.length === 0) return "";
  return html`<section class="card">
    <h2>What exactly is done</h2>
    <dl>${rows}</dl>
  </section>`;
}

function buildFiles(approval: PublicApproval, token: string): Html | "" {
  if (approval.artifacts.length === 0) return "";
  return html`<section class="card">
    <h2>Files</h2>
    ${approval.artifacts.map((file) => buildFile(approval, file, token))}
  </section>`;
}

/** The form posts to the page's own address, which carries the token; following a link never decides. */
function buildForm(approval: PublicApproval): Html {
  return html`<form method="post" class="card">
    <h2>Your decision</h2>
    <div class="field">
      <label for="reason">Reason</label>
      <input id="reason" name="reason" maxlength="8000" autocomplete="off" />
    </div>
    <details>
      <summary>Edit before approving</summary>
      <div class="field">
        <label for="edited">Outputs as JSON</label>
        <textarea id="edited" name="edited" class="code" rows="12" spellcheck="false">
${JSON.stringify(approval.outputs, null, 2)}</textarea>
      </div>
    </details>
    <p class="row">
      <button name="decision" value="approve">Approve</button>
      <button class="plain" name="decision" value="reject">Reject</button>
    </p>
    <p class="muted">
      Until ${tellTime(approval.expires_at)}; then it is
      ${approval.on_expiry === "approve" ? "approved" : "rejected"}.
    </p>
  </form>`;
}

function buildDecision({ status, decided_at, decided_by, reason }: PublicApproval): Html {
  const by = decided_by === "link" ? ", by a review link" : decided_by === null ? "" : `, by ${decided_by}`;
  const at = decided_at === null ? "" : tellTime(decided_at);
  return html`<section class="card">
    <p role="status">
      <strong class="${status === "approved" ? "good" : "bad"}"
        >${beginSentence(answers.approval[status])}</strong
      >
      ${at}${by}
    </p>
    ${reason === null ? "" : html`<p>Reason: ${reason}</p>`}
    <p class="muted">What it was about is shown in the inbox and with the run.</p>
  </section>`;
}

/** All that is asked. */
function buildQuestion(approval: PublicApproval, token: string): Html {
  const { preview, preview_payload: payload } = approval;
  const isPreviewed = preview !== null || payload !== null;
  return html`${
    isPreviewed
      ? html`<section class="card">
          <h2>Preview</h2>
          ${preview === null ? "" : html`<pre class="text">${showText(preview).text}</pre>`}
          ${payload === null ? "" : html`<pre>${showText(asText(payload)).text}</pre>`}
        </section>`
      : ""
  }
  ${buildOutputs(approval)} ${buildFiles(approval, token)} ${buildForm(approval)}`;
}

/**
 * The page of a review link: exactly what is asked, and a form to decide it; once that is done, what was decided.
 * `notice` tells why nothing was done; `token` is the link's, for the files. Pure.
 */
export function buildReviewPage(
  approval: PublicApproval,
  { notice, token }: { notice: string | null; token: string },
): Html {
  const { label, worker_name, status } = approval;
  const body = html`<h1>${label}</h1>
    <p class="muted">${worker_name} asks before it acts.</p>
    ${notice === null ? "" : html`<p role="alert" class="card bad"><strong>${notice}</strong></p>`}
    ${status === "pending" ? buildQuestion(approval, token) : buildDecision(approval)}`;
  return buildDocument(label, body);
}

/** The page for a link that shows nothing. Pure. */
export function buildRefusalPage(detail: string): Html {
  return buildDocument(
    "Approval",
    html`<h1>Nothing to show</h1>
      <p role="alert" class="card">${detail}</p>`,
  );
}
