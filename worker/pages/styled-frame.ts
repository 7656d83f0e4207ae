import { toBase64 } from "../platform/bytes.ts";

/** Takes a page from the application that shows this frame, and nothing from anybody else. */
const SCRIPT = `addEventListener("message",e=>{if(e.source===parent)document.documentElement.innerHTML=String(e.data)});parent.postMessage("floom:frame","*")`;

/**
 * The frame in which the application shows HTML that a worker made. What the application writes into a frame itself has
 * its own policy, which knows no styles but its own; this document has one that lets a page have its styles, and runs no
 * script but the one that takes it in. It has no origin, and nothing is loaded from anywhere.
 */
export async function answerStyledFrame(): Promise<Response> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(SCRIPT));
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${toBase64(new Uint8Array(digest))}'`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "font-src data:",
    "media-src data:",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    "sandbox allow-scripts",
  ];
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy.join("; "),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
  };
  return new Response(`<!doctype html><title>Output</title><script>${SCRIPT}</script>`, { headers });
}
