// The one script of the pages that strangers see. Every page works without it; what it adds hangs on `data-island`.
import { h, render } from "preact";
import { addCopying } from "./copy-button.ts";
import { addRow } from "./add-rows.ts";
import { addSlider } from "./add-slider.ts";
import { dropFiles } from "./file-drop.ts";
import { Live } from "./live.ts";
import { offerZones } from "./offer-zones.ts";
import { showParts } from "./show-parts.ts";
import { tellHeight } from "./tell-height.ts";

async function open(box: HTMLTextAreaElement): Promise<void> {
  const { openCode } = await import("./open-code.ts");
  await openCode(box);
}

for (const island of document.querySelectorAll<HTMLElement>("[data-island=live]")) {
  const { events } = island.dataset;
  if (events !== undefined) render(h(Live, { events, ended: () => window.location.reload() }), island);
}
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-island=form]")) {
  for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) dropFiles(input);
  // An editor is worth its script on pages that have a box for code, and on no other. Where it does not come, the box stays.
  for (const box of form.querySelectorAll<HTMLTextAreaElement>("textarea[data-language]"))
    open(box).catch(() => undefined);
  for (const box of form.querySelectorAll<HTMLInputElement>("input[data-island=slider]")) addSlider(box);
  for (const box of form.querySelectorAll<HTMLInputElement>("input[data-island=zone]")) offerZones(box);
  showParts(form);
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[name=_more]") : null;
    if (button instanceof HTMLButtonElement && addRow(button)) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    const button = form.querySelector<HTMLButtonElement>("button.run");
    if (button === null || event.submitter?.getAttribute("name") === "_more") return;
    button.textContent = "Sending…";
    // Behind the submit: a button that is disabled before it is not sent.
    setTimeout(() => {
      button.disabled = true;
    });
  });
}
// A page that is come back to has sent nothing.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
for (const field of document.querySelectorAll<HTMLInputElement>("input[data-island=copy]")) addCopying(field);
tellHeight();
