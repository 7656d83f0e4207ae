/** Puts a slider beside the box of a number that has bounds; each follows the other. */
export function addSlider(box: HTMLInputElement): void {
  const slider = document.createElement("input");
  slider.type = "range";
  for (const name of ["min", "max", "step"]) slider.setAttribute(name, box.getAttribute(name) ?? "");
  slider.setAttribute("aria-labelledby", box.labels?.[0] ? labelId(box.labels[0], box.id) : "");
  slider.value = box.value;
  slider.addEventListener("input", () => {
    box.value = slider.value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  box.addEventListener("input", () => {
    slider.value = box.value;
  });
  const both = document.createElement("div");
  both.className = "slider";
  box.before(both);
  both.append(slider, box);
}

function labelId(label: HTMLLabelElement, id: string): string {
  label.id ||= `${id}-label`;
  return label.id;
}
