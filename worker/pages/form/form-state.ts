import type { FormEntries, FormError, FormModel } from "#contract/forms/form";
import { initialEntries } from "#contract/forms/write-entries";

/** A form as it was sent, or as it is before anybody typed; and what is wrong with it. */
export interface FormState {
  entries: FormEntries;
  errors: readonly FormError[];
}

/** The form before anybody typed. Pure. */
export function untouched(form: FormModel): FormState {
  return { entries: initialEntries(form), errors: [] };
}

/** The id of a field's control, by the name of its entry. Pure. */
export function controlId(name: string): string {
  return `in${name.replaceAll(/[^A-Za-z0-9]/g, (sign) => `-${sign.codePointAt(0)?.toString(16) ?? ""}-`)}`;
}
