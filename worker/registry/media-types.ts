/** Media types that have one usual ending. */
const byExtension: Record<string, string> = {
  md: "text/markdown",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  json: "application/json",
  txt: "text/plain",
  html: "text/html",
  pdf: "application/pdf",
  png: "image/png",
  jpg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  zip: "application/zip",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xml: "application/xml",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  mp4: "video/mp4",
};

const byMediaType = new Map(Object.entries(byExtension).map(([extension, type]) => [type, extension]));

/** The usual ending of a media type without the dot, or undefined. Parameters (`; charset`) do not matter. */
export function extensionOf(mediaType: string): string | undefined {
  return byMediaType.get(mediaType.split(";")[0]?.trim().toLowerCase() ?? "");
}

/** The media type a path's ending stands for, or undefined. */
export function mediaTypeOf(path: string): string | undefined {
  const extension = /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase();
  if (extension === "jpeg") return byExtension["jpg"];
  return extension === undefined ? undefined : byExtension[extension];
}
