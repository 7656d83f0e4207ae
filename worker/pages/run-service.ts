// Owns what a visitor's form does: its files are kept, its inputs read, and a run started.
// Never starts anything for a form that a program sent where people are asked for.
// Writes uploads of the owner's workspace, and what starting a run writes.
import type { RunId } from "#contract/ids";
import type { Json } from "#contract/json";
import type { ActionDefinition } from "#contract/actions/action";
import { AppError } from "../platform/app-error.ts";
import { requirePerson } from "../shares/turnstile-service.ts";
import type { TurnstileKeys } from "../shares/turnstile-service.ts";
import type { Dial } from "../platform/network/dial-client.ts";
import { principalOf, showWorker, startAsVisitor } from "../shares/visitor-service.ts";
import type { VisitorDeps } from "../shares/visitor-service.ts";
import type { Visitor } from "../shares/visitor.ts";
import { createUpload } from "../uploads/service.ts";
import type { UploadDeps } from "../uploads/service.ts";
import type { Place } from "./place.ts";
import { textOf } from "./read-posted.ts";
import type { Posted } from "./read-posted.ts";
import { readInputs } from "./run-form.ts";

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

/** Starts a run of what was posted. Throws what `startAsVisitor` does, and `invalid_request`. */
export async function runPosted(
  deps: RunFormDeps,
  place: Place,
  { posted, visitor, address }: { posted: Posted; visitor: Visitor; address: string },
): Promise<RunId> {
  const action = chooseAction(place, textOf(posted, "_action"));
  const response = textOf(posted, "cf-turnstile-response");
  await requirePerson({ keys: deps.turnstile, dial: deps.dial }, { response, address });
  const inputs: Record<string, Json> = readInputs(action, posted.texts);
  for (const [name, file] of posted.files) {
    const { id } = await createUpload(deps, principalOf(place.door, "runs:write"), file);
    inputs[name] = id;
  }
  const nonce = textOf(posted, "_nonce");
  return startAsVisitor(deps, place.door, {
    visitor,
    inputs,
    action: action.name,
    nonce: NONCE.test(nonce) ? nonce : null,
  });
}
