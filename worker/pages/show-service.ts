// Owns how a visitor's place looks: which page is shown to whom, and every page for what is refused.
// Never says more of what is not open than the one page for nothing.
import type { AppError } from "../platform/app-error.ts";
import { toBase64Url } from "../platform/bytes.ts";
import { judgeEntry } from "../shares/entry-service.ts";
import type { Entry, EntryDeps } from "../shares/entry-service.ts";
import { requireUnspent, showWorker } from "../shares/visitor-service.ts";
import { buildAppPage } from "./app-page.ts";
import { buildInvitePage, buildNothingPage, buildPasswordPage, buildRefusalPage } from "./entry-pages.ts";
import { answerPage } from "./page-shell.ts";
import type { Place } from "./place.ts";
import { framesOf } from "./place.ts";
import { buildForm } from "#contract/forms/build-form";
import { filledIn } from "./form/form-state.ts";
import type { FormState } from "./form/form-state.ts";
import { chooseAction } from "./run-service.ts";
import type { RunFormDeps } from "./run-service.ts";

export interface ShowDeps extends RunFormDeps, EntryDeps {}

const NONCE_BYTES = 18;

/** The page for whatever a visitor is refused. */
export function answerRefusal(
  refusal: AppError,
  back: string,
  framedBy: readonly string[] = [],
): Promise<Response> {
  const isNothing = refusal.code === "not_found";
  const body = isNothing ? buildNothingPage() : buildRefusalPage(refusal.message, back);
  const title = isNothing ? "Nothing here" : "That did not work";
  return answerPage({ title, body, framedBy }, refusal.status);
}

/** The page that asks for what is still to be shown. */
export function answerEntry(
  place: Place,
  asked: Exclude<Entry, "open">,
  {
    notice = null,
    sent = false,
    status = 200,
  }: { notice?: string | null; sent?: boolean; status?: number } = {},
): Promise<Response> {
  const body =
    asked === "password"
      ? buildPasswordPage(place.base, notice)
      : buildInvitePage(place.base, { sent, notice });
  const title = asked === "password" ? "Password" : "Invited people";
  return answerPage({ title, body, framedBy: framesOf(place) }, status);
}

/** What is asked of a visitor at a place before it opens; null for nothing. */
export async function askedOf(deps: EntryDeps, { door }: Place, request: Request) {
  const entry = await judgeEntry(deps, door, request.headers.get("cookie"));
  return entry === "open" ? null : entry;
}

/** The page of an app with its form, as it was filled in where that did not do. */
export async function answerApp(
  deps: ShowDeps,
  place: Place,
  form: {
    action: string;
    asked?: URLSearchParams;
    state?: FormState;
    notice?: string | null;
    status?: number;
  },
): Promise<Response> {
  requireUnspent(place.door);
  const { door, base, framed } = place;
  const worker = showWorker(door);
  const action = chooseAction(place, form.action);
  const model = buildForm(action.input_schema);
  const page = buildAppPage({
    base,
    worker,
    action,
    form: model,
    state: form.state ?? filledIn(model, form.asked ?? new URLSearchParams()),
    notice: form.notice ?? null,
    nonce: toBase64Url(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))),
    siteKey: deps.turnstile?.siteKey ?? null,
    framed,
  });
  const url = deps.linkOrigin + base;
  const isPublic = door.kind === "page" && door.app?.state === "public" && !framed;
  const change = {
    title: worker.title,
    description: worker.description,
    body: page,
    accent: door.app?.settings.theme.accent ?? null,
    framedBy: framesOf(place),
    card: isPublic ? { url, image: `${url}/og.png` } : null,
    asksPerson: deps.turnstile !== null,
  };
  return answerPage(change, form.status);
}
