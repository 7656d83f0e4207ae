// Owns what a visitor's form does: its files are kept, its inputs read, and a run started.
// Never starts anything for a form that a program sent where people are asked for.
// Writes uploads of the owner's workspace, and what starting a run writes.
import type { RunId } from "#contract/ids";
import { buildForm } from "#contract/forms/build-form";
import { gatherEntries } from "#contract/forms/form";
import { placeErrors } from "#contract/forms/place-errors";
import { readForm } from "#contract/forms/read-form";
import type { ActionDefinition } from "#contract/actions/action";
import { AppError } from "../platform/app-error.ts";
import { attempt } from "../platform/attempt.ts";
import { requirePerson } from "../shares/turnstile-service.ts";
import type { TurnstileKeys } from "../shares/turnstile-service.ts";
import type { Dial } from "../platform/network/dial-client.ts";
import { principalOf, requireUnspent, showWorker, startAsVisitor } from "../shares/visitor-service.ts";
import type { VisitorDeps } from "../shares/visitor-service.ts";
import type { Visitor } from "../shares/visitor.ts";
import { createUpload } from "../uploads/service.ts";
import type { UploadDeps } from "../uploads/service.ts";
import type { Place } from "./place.ts";
import { textOf } from "./read-posted.ts";
import type { Posted } from "./read-posted.ts";
import type { FormState } from "./form/form-state.ts";

export interface RunFormDeps extends VisitorDeps, UploadDeps {
  turnstile: TurnstileKeys | null;
  dial: Dial;
}

const NONCE = /^[\w-]{16,64}$/;

/** The action that a visitor means; the first where they name none. Throws `not_found` for one that is not open to them. */
export function chooseAction(place: Place, name: string): ActionDefinition {
  const { actions } = showWorker(place.door);
  const found = name === "" ? actions[0] : actions.find((action) => action.name === name);
  if (found !== undefined) return found;
  throw new AppError("not_found", "There is nothing here, or not any more.");
}

/** What became of a form: a run, or the form as it was sent with what is wrong with it. */
export type PostedOutcome = { runId: RunId } | { state: FormState; notice: string | null; status: number };

const SOME_WRONG = "Some of it cannot be used as it is.";

/** Starts a run of what was posted. Throws what `startAsVisitor` does but for what is wrong with the form itself. */
export async function runPosted(
  deps: RunFormDeps,
  place: Place,
  { posted, visitor, address }: { posted: Posted; visitor: Visitor; address: string },
): Promise<PostedOutcome> {
  const action = chooseAction(place, textOf(posted, "_action"));
  requireUnspent(place.door);
  const form = buildForm(action.input_schema);
  const entries = gatherEntries(posted.texts.filter(([name]) => !isOwn(name)));
  const more = textOf(posted, "_more");
  if (more !== "") return { state: { entries, errors: [], more }, notice: null, status: 200 };
  const response = textOf(posted, "cf-turnstile-response");
  const person = await attempt(() =>
    requirePerson({ keys: deps.turnstile, dial: deps.dial }, { response, address }),
  );
  if (!person.ok) return { state: { entries, errors: [] }, notice: person.refusal.message, status: 400 };
  // Before anything is kept: a form that will not do leaves no files behind.
  const named = gatherEntries(
    posted.files.map(([name, { filename }]) => [name, filename || "file"] as const),
  );
  const { errors } = readForm(form, entries, named);
  if (errors.length > 0) return { state: { entries, errors }, notice: SOME_WRONG, status: 422 };
  const readInputs = async () => {
    const ids: [string, string][] = [];
    for (const [name, file] of posted.files) {
      const { id } = await createUpload(deps, principalOf(place.door, "runs:write"), file);
      ids.push([name, id]);
    }
    return readForm(form, entries, gatherEntries(ids)).inputs;
  };
  const nonce = textOf(posted, "_nonce");
  const started = await attempt(() =>
    startAsVisitor(deps, place.door, {
      visitor,
      readInputs,
      action: action.name,
      nonce: NONCE.test(nonce) ? nonce : null,
    }),
  );
  if (started.ok) return { runId: started.value };
  const { refusal } = started;
  if (refusal.code !== "invalid_inputs") throw refusal;
  const placed = placeErrors(form, refusal.options.errors ?? [], entries);
  return { state: { entries, errors: placed }, notice: SOME_WRONG, status: refusal.status };
}

/** Fields of the page itself, which no field of a form is called like: those are pointers. */
const isOwn = (name: string) => name.startsWith("_") || name.startsWith("cf-");
