import { raw } from "hono/html";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import type { Html } from "../http/plain-page.ts";

/**
 * Markdown as HTML. HTML in it stays text, addresses of links are http, https or mailto, and pictures from elsewhere are
 * kept out by the page's own policy. Pure.
 */
export function renderMarkdown(text: string): Html {
  const built = micromark(text, {
    allowDangerousHtml: false,
    allowDangerousProtocol: false,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  // What leads away opens knowing nothing of where it came from.
  return raw(
    built.replaceAll(/<a href="(?=https?:)/g, '<a rel="noopener noreferrer nofollow" target="_blank" href="'),
  );
}
