import { html } from "hono/html";
import type { Html } from "../http/plain-page.ts";

const notice = (text: string | null) =>
  text === null ? "" : html`<p role="alert" class="bad"><strong>${text}</strong></p>`;

/** The page for a link or an address that opens nothing: one for all reasons. Pure. */
export function buildNothingPage(): Html {
  return html`<h1>Nothing here</h1>
    <p>There is nothing at this address, or not any more. Ask whoever gave it to you for a new one.</p>`;
}

/** The page for what was refused, in words that whoever asked may read. Pure. */
export function buildRefusalPage(detail: string, back: string): Html {
  return html`<h1>That did not work</h1>
    <p role="alert">${detail}</p>
    <p><a href="${back}">Back</a></p>`;
}

/** The page that asks for the password. Pure. */
export function buildPasswordPage(base: string, wrong: string | null): Html {
  return html`<h1>This app asks for a password</h1>
    ${notice(wrong)}
    <form method="post" action="${base}/unlock" class="card">
      <div class="field">
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
      </div>
      <button>Open</button>
    </form>`;
}

/** The page that asks for an invited address; the same words whether or not it is one. Pure. */
export function buildInvitePage(base: string, told: { sent: boolean; notice: string | null }): Html {
  const form = html`<form method="post" action="${base}/invite" class="card">
    <div class="field">
      <label for="email">E-mail address</label>
      <input id="email" name="email" type="email" autocomplete="email" required maxlength="254" />
    </div>
    <button>Send me a link</button>
  </form>`;
  return html`<h1>This app is open to invited people</h1>
    ${notice(told.notice)}
    ${
      told.sent
        ? html`<p role="status">If that address is invited, a mail with a link is on its way to it.</p>`
        : form
    }`;
}

/** The page behind a mailed link. Looking at it uses nothing up: mail programs look at links, too. Pure. */
export function buildEnterPage(base: string, key: string): Html {
  return html`<h1>You are invited</h1>
    <form method="post" action="${base}/enter">
      <input type="hidden" name="key" value="${key}" />
      <button>Open the app</button>
    </form>`;
}
