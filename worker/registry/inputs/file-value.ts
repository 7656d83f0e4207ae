import { sha256Schema } from "#contract/ids";
import { isDataUrl, readDataUrl } from "./data-url.ts";

const NO_ID =
  "must be the id of an uploaded file (POST it to /api/uploads first, or pass @path to the floom command), or a small file as a data: URL";
const NO_DATA_URL =
  "is a data: URL that cannot be read: write data:text/csv;name=a.csv;base64, and the file in base64";

/** Why a value cannot stand for a file: it is neither the id of an upload nor a file itself. Null for one that can. Pure. */
export function whyNoFile(value: unknown): string | null {
  if (sha256Schema.safeParse(value).success) return null;
  if (typeof value !== "string" || !isDataUrl(value)) return NO_ID;
  return readDataUrl(value, "file") === null ? NO_DATA_URL : null;
}
