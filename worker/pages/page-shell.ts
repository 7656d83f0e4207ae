import { html } from "hono/html";
import { buildStyle } from "../http/plain-page.ts";
import type { Html } from "../http/plain-page.ts";
import { toBase64 } from "../platform/bytes.ts";
import { buildPageStyle } from "./page-style.ts";

/** One page, before it is HTML. */
export interface Page {
  title: string;
  description: string;
  body: Html;
  accent: string | null;
  /** Which sites may show it in a frame; none for no site. */
  framedBy: readonly string[];
  /** Absolute addresses of the page and of its picture, for whoever shows a link to it; null for what is no public page. */
  card: { url: string; image: string } | null;
  /** The widget that tells people from programs is on it. */
  asksPerson: boolean;
  /** Seconds after which a browser without scripts asks again; null for a page that stays as it is. */
  refreshSeconds: number | null;
}

export type PageChange = Partial<Page> & Pick<Page, "title" | "body">;

const usual: Omit<Page, "title" | "body"> = {
  description: "",
  accent: null,
  framedBy: [],
  card: null,
  asksPerson: false,
  refreshSeconds: null,
};

const TURNSTILE = "https://challenges.cloudflare.com";
/** The one script of all pages; each page works without it. */
const SCRIPT = "/pages/page.js";

function buildCard({ card, title, description }: Page): Html {
  if (card === null) return html`<meta name="robots" content="noindex" />`;
  return html`<link rel="canonical" href="${card.url}" />
    <meta property="og:type" content="website" />
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${description}" />
    <meta property="og:url" content="${card.url}" />
    <meta property="og:image" content="${card.image}" />
    <meta property="og:image:width" content="1200" />
    <meta property="og:image:height" content="630" />
    <meta name="twitter:card" content="summary_large_image" />`;
}

function buildDocument(page: Page, style: string): Html {
  const { title, description, body, refreshSeconds, asksPerson } = page;
  const refresh =
    refreshSeconds === null
      ? ""
      : html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}" /></noscript>`;
  const widget = asksPerson ? html`<script src="${TURNSTILE}/turnstile/v0/api.js" async defer></script>` : "";
  // The token of a link stands in the address: no other site is told of it. Our own forms say where they come from.
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="referrer" content="same-origin" />
        <meta name="description" content="${description || title}" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${buildCard(page)} ${refresh} ${buildStyle(style)}
        <script type="module" src="${SCRIPT}"></script>
        ${widget}
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <main id="main" tabindex="-1">${body}</main>
      </body>
    </html>`;
}

/** What a page may load and who may frame it. `style` is the digest of its one style. Pure. */
function buildPolicy({ framedBy, asksPerson }: Page, style: string): string {
  const widget = asksPerson ? ` ${TURNSTILE}` : "";
  return [
    "default-src 'none'",
    `script-src 'self'${widget}`,
    `style-src 'sha256-${style}'`,
    "img-src 'self' blob: data:",
    "media-src 'self'",
    "connect-src 'self'",
    `frame-src 'self'${widget}`,
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${framedBy.length === 0 ? "'none'" : ["'self'", ...framedBy].join(" ")}`,
  ].join("; ");
}

/** A page as it is answered: no script in it, one style by its digest, nothing from elsewhere. */
export async function answerPage(change: PageChange, status = 200): Promise<Response> {
  const page: Page = { ...usual, ...change };
  const style = buildPageStyle(page.accent);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": buildPolicy(page, toBase64(new Uint8Array(digest))),
    ...(page.card === null ? { "x-robots-tag": "noindex" } : {}),
  };
  return new Response(String(await buildDocument(page, style)), { status, headers });
}
