import { html } from "hono/html";
import type { PublicApproval } from "#contract/approvals/approval";
import { buildStyle } from "../http/plain-page.ts";
import type { Html } from "../http/plain-page.ts";

/** Allowed by its digest: what stands beside it is not. */
export const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}
pre,textarea{font:14px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8886;border-radius:6px;padding:.75rem}
textarea,input{width:100%;box-sizing:border-box}input{font:inherit;padding:.4rem}button{font:inherit;padding:.5rem 1rem;margin:1rem .5rem 0 0}
dt{font-weight:600}dd{margin:0 0 .5rem}label{display:block;margin-top:1rem}`;

function buildDocument(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${buildStyle(style)}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`;
}

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

function buildOutputs(approval: PublicApproval, token: string): Html {
  const rows = Object.entries(approval.outputs).map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd><pre>${asText(value)}</pre></dd>`,
  );
  const files = approval.artifacts.map(
    ({ id, path, size_bytes }) =>
      html`<dt>file</dt>
        <dd>
          <a
            href="/api/approvals/public/${approval.id}/artifacts/${id}/download?token=${encodeURIComponent(token)}"
            >${path}</a
          >, ${size_bytes} bytes
        </dd>`,
  );
  return html`<h2>What will be executed</h2>
    <dl>${rows}${files}</dl>`;
}

/** The form posts to the page's own address, which carries the token; following a link never decides. */
function buildForm(approval: PublicApproval): Html {
  return html`<form method="post">
      <label>Reason <input name="reason" maxlength="8000" autocomplete="off" /></label>
      <details>
        <summary>Edit before approving</summary>
        <label
          >Outputs as JSON
          <textarea name="edited" rows="12">${JSON.stringify(approval.outputs, null, 2)}</textarea>
        </label>
      </details>
      <button name="decision" value="approve">Approve</button
      ><button name="decision" value="reject">Reject</button>
    </form>
    <p>Until ${approval.expires_at}; then: ${approval.on_expiry}.</p>`;
}

function buildDecision({ status, decided_at, decided_by, reason }: PublicApproval): Html {
  const by = decided_by === "link" ? ", by a review link" : decided_by === null ? "" : `, by ${decided_by}`;
  const why = reason === null ? "" : `: ${reason}`;
  return html`<p role="status"><strong>${status}</strong> ${decided_at}${by}${why}</p>
    <p>What it was about is shown in the inbox and with the run.</p>`;
}

/** All that is asked. */
function buildQuestion(approval: PublicApproval, token: string): Html {
  const { preview, preview_payload } = approval;
  return html`${
    preview === null
      ? ""
      : html`<h2>Preview</h2>
          <pre>${preview}</pre>`
  }
  ${preview_payload === null ? "" : html`<pre>${asText(preview_payload)}</pre>`}
  ${buildOutputs(approval, token)} ${buildForm(approval)}`;
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
    <p>${worker_name} asks before it acts.</p>
    ${notice === null ? "" : html`<p role="alert"><strong>${notice}</strong></p>`}
    ${status === "pending" ? buildQuestion(approval, token) : buildDecision(approval)}`;
  return buildDocument(label, body);
}

/** The page for a link that shows nothing. Pure. */
export function buildRefusalPage(detail: string): Html {
  return buildDocument(
    "Approval",
    html`<h1>Nothing to show</h1>
      <p role="alert">${detail}</p>`,
  );
}
