import type { FileShow, OutputFile } from "./output.ts";

const MIB = 1024 * 1024;

const byType: Readonly<Record<string, FileShow>> = {
  "application/pdf": "pdf",
  "text/html": "html",
  "application/xhtml+xml": "html",
  "text/markdown": "markdown",
  "text/csv": "csv",
  "application/json": "text",
  "application/xml": "text",
  "application/yaml": "text",
  "application/x-ndjson": "text",
};

const byEnding: Readonly<Record<string, FileShow>> = { md: "markdown", csv: "csv", html: "html", pdf: "pdf" };

/** What a page may hold of a file at once, in bytes. */
const mostBytes: Readonly<Record<FileShow, number>> = {
  image: 20 * MIB,
  pdf: 50 * MIB,
  audio: 100 * MIB,
  video: 200 * MIB,
  html: 2 * MIB,
  markdown: MIB,
  csv: 16 * MIB,
  text: MIB,
  none: 0,
};

/** How a file may be shown, by its media type; what is too large for a page is only offered. */
export function fileShow({ type, name, size_bytes }: OutputFile): FileShow {
  const media = (type.split(";")[0] ?? "").trim().toLowerCase();
  const ending = name.split(".").at(-1)?.toLowerCase() ?? "";
  const shows = Object.hasOwn(byType, media) ? (byType[media] ?? "none") : byFamily(media, ending);
  return size_bytes > mostBytes[shows] ? "none" : shows;
}

function byFamily(media: string, ending: string): FileShow {
  const [family] = media.split("/");
  if (family === "image" || family === "audio" || family === "video") return family;
  const isVague = media === "" || media === "application/octet-stream" || media === "text/plain";
  const known = isVague && Object.hasOwn(byEnding, ending) ? byEnding[ending] : undefined;
  if (known !== undefined) return known;
  return family === "text" ? "text" : "none";
}
