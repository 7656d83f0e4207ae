import { fileShow } from "#contract/outputs/file-show";
import type { FileShow, OutputFile } from "#contract/outputs/output";
import { attachmentDisposition } from "../attachment.ts";

/** What a file may do when a browser shows it instead of saving it: nothing, in an origin of its own. */
const DEAD = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox";
/** HTML that a function returned: its own styles and what it carries within itself, in an origin of its own. */
const STYLED =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:; form-action 'none'; " +
  "base-uri 'none'; frame-ancestors *; sandbox";
/** A page that a worker made may run within itself; it has no origin, so that it reaches nothing of anybody's. */
const OWN_WORLD =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; " +
  "media-src data: blob:; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts";
/** A browser's own reader of PDF does not start in a sandbox; without a type that can be a page there is no other use. */
const PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

/** Pictures, sound and film are what their types say; everything else that is read is read as plain text. */
const MEDIA = /^(?:image|audio|video)\/[\w.+-]+$/;

function plainType(type: string): string {
  return (type.split(";")[0] ?? "").trim().toLowerCase();
}

function typeOf(shown: FileShow, type: string): string | null {
  const plain = plainType(type);
  switch (shown) {
    case "image":
    case "audio":
    case "video":
      return MEDIA.test(plain) ? plain : null;
    case "pdf":
      return "application/pdf";
    case "html":
      return "text/html; charset=utf-8";
    case "markdown":
    case "csv":
    case "text":
      return "text/plain; charset=utf-8";
    case "none":
      return null;
  }
}

/**
 * The headers with which a file of strangers' making is answered. It is saved, unless `view` asks for a type that can be
 * shown without doing anything here: what it is is the worker's word, and a browser is told not to guess. Pure.
 */
export function fileHeaders(file: OutputFile, view: boolean): Record<string, string> {
  const shows = fileShow(file);
  const shown = view ? typeOf(shows, file.type) : null;
  const policy = shows === "html" ? OWN_WORLD : shows === "pdf" ? PDF : DEAD;
  return {
    "content-type": shown ?? "application/octet-stream",
    "content-length": String(file.size_bytes),
    "content-disposition": shown === null ? attachmentDisposition(file.name) : "inline",
    "x-content-type-options": "nosniff",
    "content-security-policy": shown === null ? DEAD : policy,
    "x-robots-tag": "noindex",
  };
}

/** The headers of a file that is only saved. `size` in bytes. Pure. */
export function savedHeaders(name: string, size: number): Record<string, string> {
  return {
    "content-type": "application/octet-stream",
    "content-length": String(size),
    "content-disposition": attachmentDisposition(name),
    "content-security-policy": DEAD,
  };
}

/** HTML that a function returned, for a frame: it shows with its styles, runs nothing and loads nothing. Pure. */
export function answerHtml(html: string): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": STYLED,
    "cross-origin-resource-policy": "cross-origin",
    "x-robots-tag": "noindex",
  };
  return new Response(html, { headers });
}
