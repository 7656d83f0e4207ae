import { extensionOf } from "../media-types.ts";

/** A name and a type under which a content was uploaded. */
export interface NamedAs {
  media_type: string;
  filename: string;
}

/** Whether a file is what one entry of `accepts` says: an ending, a media type, `text/*`, or anything. Pure. */
export function acceptsFile(rule: string, file: NamedAs): boolean {
  const accepted = rule.trim().toLowerCase();
  if (accepted === "*" || accepted === "*/*") return true;
  if (accepted.startsWith(".")) return file.filename.toLowerCase().endsWith(accepted);
  const mediaType = file.media_type.split(";")[0]?.trim().toLowerCase() ?? "";
  if (accepted.endsWith("/*")) return mediaType.startsWith(accepted.slice(0, -1));
  return mediaType === accepted || file.filename.toLowerCase().endsWith(`.${extensionOf(accepted) ?? "\0"}`);
}
