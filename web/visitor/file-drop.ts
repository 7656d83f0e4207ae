import { h, render } from "preact";
import { FilePreview } from "./file-preview.ts";

/** Lets a field for files take what is dropped on it, and shows what was chosen. */
export function dropFiles(input: HTMLInputElement): void {
  const zone = document.createElement("div");
  zone.className = "drop";
  input.before(zone);
  const preview = document.createElement("div");
  preview.className = "preview";
  preview.setAttribute("aria-live", "polite");
  zone.append(input, preview);
  const columns = columnsOf(input);
  const show = () => {
    const files = [...(input.files ?? [])];
    render(h(FilePreview, { files, columns, onReplace: replace }), preview);
  };
  function replace(files: readonly File[]): void {
    const given = new DataTransfer();
    for (const file of files) given.items.add(file);
    input.files = given.files;
    show();
  }
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    const dropped = event.dataTransfer?.files;
    if (dropped === undefined || dropped.length === 0) return;
    input.files = dropped;
    show();
  });
}

function columnsOf({ dataset }: HTMLInputElement): string[] {
  const columns: unknown = JSON.parse(dataset["columns"] ?? "[]");
  return Array.isArray(columns) ? columns.filter((column) => typeof column === "string") : [];
}
