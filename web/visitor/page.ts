// The one script of the pages that strangers see. Every page works without it; what it adds hangs on `data-island`.
import { h, render } from "preact";
import { addCopying } from "./copy-button.ts";
import { dropFiles } from "./file-drop.ts";
import { Live } from "./live.ts";
import { tellHeight } from "./tell-height.ts";

for (const island of document.querySelectorAll<HTMLElement>("[data-island=live]")) {
  const { events } = island.dataset;
  if (events !== undefined) render(h(Live, { events, ended: () => window.location.reload() }), island);
}
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-island=form]")) {
  for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) dropFiles(input);
  // An editor is worth its script on pages that have a box for code, and on no other. Where it does not come, the box stays.
  for (const box of form.querySelectorAll<HTMLTextAreaElement>("textarea[data-language]")) {
    import("./open-code.ts").then(({ openCode }) => openCode(box)).catch(() => undefined);
  }
  form.addEventListener("submit", () => {
    const button = form.querySelector<HTMLButtonElement>("button:not([type])");
    if (button === null) return;
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
