import { html } from "hono/html";
import { fileShow } from "#contract/outputs/file-show";
import type { OutputFile } from "#contract/outputs/output";
import { showLine } from "#contract/outputs/show-text";
import type { Html } from "../plain-page.ts";

/** A file as a page shows it: `address` answers it to be looked at, with the headers of `fileHeaders`. Pure. */
export function buildPreview(file: OutputFile, address: string): Html | "" {
  const name = showLine(file.name);
  switch (fileShow(file)) {
    case "image":
      return html`<img src="${address}" alt="${name}" />`;
    case "audio":
      return html`<audio controls src="${address}"></audio>`;
    case "video":
      return html`<video controls src="${address}"></video>`;
    case "html":
      return html`<iframe class="frame" sandbox="allow-scripts" title="${name}" src="${address}"></iframe>`;
    case "markdown":
    case "csv":
    case "text":
      return html`<iframe class="frame short" sandbox="" title="${name}" src="${address}"></iframe>`;
    case "pdf":
      return html`<p><a href="${address}">Look at ${name}</a></p>`;
    case "none":
      return "";
  }
}
