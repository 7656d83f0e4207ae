import type { FormEntries, FormError, FormModel } from "#contract/forms/form";
import { prefill } from "#contract/forms/prefill";

/** A form as it was sent, or as it is before anybody typed; and what is wrong with it. */
export interface FormState {
  entries: FormEntries;
  errors: readonly FormError[];
  /** The list for which more rows were asked; absent for none. */
  more?: string;
}

/** The form before anybody typed: as its address fills it in, or with the example that its author gave. Pure. */
export function filledIn(form: FormModel, asked: URLSearchParams): FormState {
  const example = asked.has("_example") && form.sample !== null ? form.sample : undefined;
  return { entries: prefill(form, asked, example), errors: [] };
}

/** The id of a field's control, by the name of its entry. Pure. */
export function controlId(name: string): string {
  return `in${name.replaceAll(/[^A-Za-z0-9]/g, (sign) => `-${sign.codePointAt(0)?.toString(16) ?? ""}-`)}`;
}
