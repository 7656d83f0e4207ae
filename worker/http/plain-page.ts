import { raw } from "hono/html";
import type { html } from "hono/html";
import { toBase64 } from "../platform/bytes.ts";

/** A page, or a piece of one: whatever was put in between the tags is escaped already. */
export type Html = ReturnType<typeof html>;

/** The one style of a page, between its tags exactly as it is digested. */
export function buildStyle(style: string): Html {
  return raw(`<style>${style}</style>`);
}

const FILES = "; img-src 'self' data:; media-src 'self'; frame-src 'self'";

/**
 * A page of the edge's own: no script, nothing from elsewhere, and no style but that one, by its digest. Its form may be
 * sent to this server alone. `showsFiles`: pictures, sound, film and frames of this server's may stand on it; else none.
 */
export async function answerPlainPage(
  page: Html,
  { style, status, showsFiles = false }: { style: string; status: number; showsFiles?: boolean },
): Promise<Response> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  const policy =
    `default-src 'none'; style-src 'sha256-${toBase64(new Uint8Array(digest))}'; form-action 'self'; ` +
    `base-uri 'none'; frame-ancestors 'none'${showsFiles ? FILES : ""}`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "x-robots-tag": "noindex",
  };
  return new Response(String(await page), { status, headers });
}
