/** Shows of a form what counts: the fields of the chosen kind of value, and those whose condition is met. */
export function showParts(form: HTMLFormElement): void {
  const show = () => {
    for (const part of form.querySelectorAll<HTMLElement>("[data-tab]")) {
      const choice = document.getElementById(part.dataset["tab"] ?? "");
      part.hidden = choice instanceof HTMLInputElement && !choice.checked;
    }
    const typed = new FormData(form);
    for (const part of form.querySelectorAll<HTMLElement>("[data-when]")) {
      const given = typed.getAll(part.dataset["when"] ?? "").at(-1);
      part.hidden = !valuesOf(part).some(
        (value) => given === JSON.stringify(value) || given === String(value),
      );
    }
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}

function valuesOf({ dataset }: HTMLElement): unknown[] {
  const values: unknown = JSON.parse(dataset["values"] ?? "[]");
  return Array.isArray(values) ? values : [];
}
