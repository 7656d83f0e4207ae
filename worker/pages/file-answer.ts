import { attachmentDisposition } from "../http/attachment.ts";

/** What a file may do when a browser shows it instead of saving it: nothing, in an origin of its own. */
const DEAD = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox";
/** A page that a worker made may run within itself; it has no origin, so that it reaches nothing of anybody's. */
const OWN_WORLD =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; " +
  "media-src data: blob:; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts";
/** A browser's own reader of PDF does not start in a sandbox; without a type that can be a page there is no other use. */
const PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

const SHOWN = /^(?:image\/(?:png|jpeg|gif|webp|avif|svg\+xml)|audio\/[\w.+-]+|video\/[\w.+-]+)$/;

/** How a file of a type may be shown on a page; null for what is only saved. Pure. */
export function showsAs(type: string): "image" | "audio" | "video" | "pdf" | "html" | null {
  const plain = plainType(type);
  if (plain === "text/html") return "html";
  if (plain === "application/pdf") return "pdf";
  const [kind] = plain.split("/");
  return SHOWN.test(plain) && (kind === "image" || kind === "audio" || kind === "video") ? kind : null;
}

function plainType(type: string): string {
  return (type.split(";")[0] ?? "").trim().toLowerCase();
}

/**
 * The headers with which a file of strangers' making is answered. It is saved, unless `view` asks for a type that can be
 * shown without doing anything here: what it is is the worker's word, and a browser is told not to guess. Pure.
 */
export function fileHeaders(
  file: { name: string; type: string; size: number },
  view: boolean,
): Record<string, string> {
  const shown = view ? showsAs(file.type) : null;
  const policies = { html: OWN_WORLD, pdf: PDF, image: DEAD, audio: DEAD, video: DEAD };
  return {
    "content-type":
      shown === null
        ? "application/octet-stream"
        : plainType(file.type) + (shown === "html" ? "; charset=utf-8" : ""),
    "content-length": String(file.size),
    "content-disposition": shown === null ? attachmentDisposition(file.name) : "inline",
    "x-content-type-options": "nosniff",
    "content-security-policy": shown === null ? DEAD : policies[shown],
    "x-robots-tag": "noindex",
  };
}
