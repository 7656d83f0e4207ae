import { html } from "hono/html";
import type { OutboxMail } from "#contract/alerts/alert";
import { buildStyle } from "../http/plain-page.ts";
import type { Html } from "../http/plain-page.ts";

export const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}
article{border:1px solid #8886;border-radius:6px;padding:1rem;margin:1rem 0}h2{font-size:1rem;margin:0}p{margin:0}
pre{font:14px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:.75rem 0 0}`;

/** A mail's lines, its links to follow. Only an address of this server becomes a link. */
function buildText(text: string, origin: string): Html[] {
  return text
    .split("\n")
    .map((line) => (line.startsWith(`${origin}/`) ? html`<a href="${line}">${line}</a> ` : html`${line} `));
}

/** The page of the mails that were kept instead of sent, the newest first. Pure. */
export function buildOutboxPage(mails: readonly OutboxMail[], origin: string): Html {
  const articles = mails.map(
    ({ to, at, subject, text }) =>
      html`<article>
        <h2>${subject}</h2>
        <p>To ${to.join(", ")}, <time datetime="${at}">${at}</time></p>
        <pre>${buildText(text, origin)}</pre>
      </article>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>Outbox of this machine</title>
        ${buildStyle(style)}
      </head>
      <body>
        <main>
          <h1>Outbox</h1>
          <p>
            Mails about accounts that were kept here instead of sent, because no mail provider is set.
            ${mails.length === 0 ? "There is none." : ""}
          </p>
          ${articles}
        </main>
      </body>
    </html>`;
}
