import { useId, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { ActionDefinition } from "#contract/actions/action";
import { ApiProblem } from "#contract/client";
import { buildForm } from "#contract/forms/build-form";
import type { FormError } from "#contract/forms/form";
import { placeErrors } from "#contract/forms/place-errors";
import { prefill } from "#contract/forms/prefill";
import type { FormReading } from "#contract/forms/read-form";
import { errorsByName, placesByName } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { FormContext } from "./form-context.ts";
import { FormSections } from "./form-sections.tsx";
import { readDraft } from "./start-run.ts";

export interface InputFields {
  /** The action's fields, to stand in a form of somebody else's. */
  fields: ReactNode;
  /** What they hold; null where something is wrong, which is then said at its field. */
  read: () => FormReading["inputs"] | null;
  /** Says at their fields what the API refused. */
  place: (error: unknown) => void;
}

const noErrors: readonly FormError[] = [];

/** The inputs of an action within another form, filled in by their defaults first. */
export function useInputs(action: ActionDefinition): InputFields {
  const form = useMemo(() => buildForm(action.input_schema), [action]);
  const id = useId();
  const [errors, setErrors] = useState(noErrors);
  const [draft, setDraft] = useState<Draft>(() => ({
    entries: prefill(form, new URLSearchParams()),
    files: new Map(),
  }));
  const context = {
    id,
    draft,
    errors: errorsByName(errors),
    places: placesByName(errors),
    change: setDraft,
  };
  return {
    fields: (
      <FormContext value={context}>
        <FormSections form={form} />
      </FormContext>
    ),
    read: () => {
      const reading = readDraft(form, draft);
      setErrors(reading.errors);
      return reading.errors.length > 0 ? null : reading.inputs;
    },
    place: (error) => {
      const pointed = error instanceof ApiProblem ? (error.problem.errors ?? []) : [];
      setErrors(placeErrors(form, pointed, draft.entries));
    },
  };
}
