import { createContext, use } from "react";
import type { Draft } from "./draft.ts";

/** What every field of a form sees: what is typed, what is wrong, and how to change it. */
export interface FormState {
  /** Begins the ids of the form's elements. */
  id: string;
  draft: Draft;
  errors: ReadonlyMap<string, string>;
  /** Where within a value it is wrong: JSON pointers. */
  places: ReadonlyMap<string, string>;
  change: (update: (draft: Draft) => Draft) => void;
}

export const FormContext = createContext<FormState | null>(null);

export function useForm(): FormState {
  const form = use(FormContext);
  if (form === null) throw new Error("useForm is called outside of a form");
  return form;
}

/** The element id of an entry; what describes an element is named with blanks between, so that names have none. */
export function elementId(form: Pick<FormState, "id">, name: string): string {
  return `${form.id}${encodeURIComponent(name)}`;
}
