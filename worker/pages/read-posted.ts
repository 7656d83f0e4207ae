import { limits } from "#contract/limits";
import { parseMultipart } from "../http/parse-multipart.ts";
import { readBytes } from "../http/read-body.ts";
import { AppError } from "../platform/app-error.ts";

/** A file of a posted form; `bytes` are a view of the form's. */
export interface PostedFile {
  filename: string;
  mediaType: string;
  bytes: Uint8Array;
}

/** A posted form: its texts and its files, each in the order they came. */
export interface Posted {
  texts: readonly (readonly [name: string, value: string])[];
  files: readonly (readonly [name: string, file: PostedFile])[];
}

const decoder = new TextDecoder();

/** The first text of this name; empty for none. Pure. */
export function textOf({ texts }: Posted, name: string): string {
  return texts.find(([given]) => given === name)?.[1] ?? "";
}

/** Reads a form as browsers post it, with files or without. Throws `body_too_large`, `invalid_request`. */
export async function readPosted(request: Request): Promise<Posted> {
  const contentType = request.headers.get("content-type") ?? "";
  const bytes = await readBytes(request, "visitor_form_bytes");
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    const texts = [...new URLSearchParams(decoder.decode(bytes))];
    return { texts, files: [] };
  }
  const parts = parseMultipart(bytes, contentType);
  if (parts === null) throw new AppError("invalid_request", "The form cannot be read. Send it again.");
  const most = limits.upload_bytes.value;
  if (parts.some((part) => part.bytes.byteLength > most))
    throw new AppError("body_too_large", "One of the files is too large.");
  return {
    texts: parts.flatMap(({ name, filename, bytes: value }) =>
      filename === null ? [[name, decoder.decode(value)] as const] : [],
    ),
    // A field for a file that nobody chose comes as a file without a name and without bytes.
    files: parts.flatMap(({ name, filename, mediaType, bytes: value }) =>
      filename === null || (filename === "" && value.byteLength === 0)
        ? []
        : [[name, { filename, mediaType, bytes: value }] as const],
    ),
  };
}
