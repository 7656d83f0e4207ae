import { html } from "hono/html";
import type { ActionDefinition } from "#contract/actions/action";
import type { PublicWorker } from "#contract/shares/share";
import type { Html } from "../http/plain-page.ts";
import type { FormModel } from "#contract/forms/form";
import { buildErrors, buildFields } from "./form/form-html.ts";
import type { FormState } from "./form/form-state.ts";
import { showText } from "#contract/outputs/show-text";

/** What the page of an app shows. */
export interface AppPage {
  /** The page's own path, without a slash at its end. */
  base: string;
  worker: PublicWorker;
  action: ActionDefinition;
  form: FormModel;
  state: FormState;
  /** What is wrong with the form as a whole; null for nothing. */
  notice: string | null;
  /** By which the same form, sent twice, starts one run. */
  nonce: string;
  /** Key of the widget that tells people from programs; null where none is asked. */
  siteKey: string | null;
  /** It is shown in another site's frame. */
  framed: boolean;
}

function buildActions({ worker, action, base }: AppPage): Html | "" {
  if (worker.actions.length < 2) return "";
  const links = worker.actions.map(
    ({ name, title }) =>
      html`<a
        href="${base}?action=${encodeURIComponent(name)}"
        ${name === action.name ? html`aria-current="page"` : ""}
        >${title}</a
      >`,
  );
  return html`<nav class="actions" aria-label="What it can do">${links}</nav>`;
}

function buildPerson(siteKey: string | null): Html | "" {
  if (siteKey === null) return "";
  return html`<div class="cf-turnstile" data-sitekey="${siteKey}"></div>
    <noscript
      ><p role="alert">This app asks for a sign that you are a person, which needs JavaScript.</p></noscript
    >`;
}

/** The page of an app: what it is, and its form, which works by itself. Pure. */
export function buildAppPage(page: AppPage): Html {
  const { base, worker, action, form, notice, nonce, state, siteKey, framed } = page;
  const paragraphs = showText(action.description || worker.description).text;
  return html`<h1>${showText(worker.title).text}</h1>
    <p class="muted">${paragraphs}</p>
    ${buildActions(page)}
    ${
      notice === null
        ? ""
        : html`<div role="alert" class="card bad">
            <strong>${notice}</strong>
            ${buildErrors(state)}
          </div>`
    }
    ${
      form.sample === null
        ? ""
        : html`<p>
            <a href="${base}?action=${encodeURIComponent(action.name)}&_example=1">Fill in an example</a>
          </p>`
    }
    <form method="post" action="${base}" enctype="multipart/form-data" class="card" data-island="form">
      <input type="hidden" name="_action" value="${action.name}" />
      <input type="hidden" name="_nonce" value="${nonce}" />
      ${/* What Enter presses is the first button: not one that adds a row. */ html`<button hidden>Run</button>`}
      ${buildFields(form, state)} ${buildPerson(siteKey)}
      <button class="run">Run</button>
    </form>
    ${
      framed || !base.startsWith("/a/")
        ? ""
        : html`<details>
            <summary>Share this page</summary>
            <p>
              <img
                class="qr"
                src="${base}/qr.svg"
                alt="QR code of this page's address"
                width="160"
                height="160"
              />
            </p>
          </details>`
    }
    <footer class="muted">Made with Floom. What you send goes to whoever made this app.</footer>`;
}
