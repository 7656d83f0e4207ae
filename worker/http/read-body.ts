import { formatLimit, limits } from "#contract/limits";
import type { LimitName } from "#contract/limits";
import { JsonRefused, readGivenJson } from "#contract/json";
import type { ProblemError } from "#contract/problem";
import type { RouteBody } from "#contract/route";
import type * as z from "zod";
import { AppError } from "../platform/app-error.ts";
import { readAtMost } from "../platform/bytes.ts";
import { pointerStep } from "../platform/json-pointer.ts";
import { parseMultipart } from "./parse-multipart.ts";

/** One file of a multipart form. */
export interface FormFile {
  filename: string;
  mediaType: string;
  bytes: Uint8Array;
  /** The form's other fields. */
  fields: Record<string, string>;
}

function tooLarge(limit: LimitName): AppError {
  return new AppError("body_too_large", `The limit for ${limits[limit].what} is ${formatLimit(limit)}.`);
}

function mediaType(request: Request): string {
  return (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function requireMediaType(request: Request, accepted: readonly string[]): void {
  const given = mediaType(request);
  if (accepted.includes(given) || accepted.includes("*/*")) return;
  throw new AppError(
    "unsupported_media_type",
    `Send ${accepted.join(" or ")}${given ? ` instead of ${given}` : " in the Content-Type header"}.`,
  );
}

/** Bytes, 0 when nothing usable is said. */
function declaredLength(request: Request): number {
  const declared = request.headers.get("content-length") ?? "";
  return /^\d{1,15}$/.test(declared) ? Number(declared) : 0;
}

/** What the boundaries, heads and small fields around a form's one file may take, in bytes: the limit is the file's. */
export const FORM_FRAME_BYTES = 64 * 1024;

/** Refuses by the declared length before a byte is read. */
function checkDeclaredLength(request: Request, limit: LimitName): void {
  if (declaredLength(request) > limits[limit].value) throw tooLarge(limit);
}

/** Longer bodies go piece by piece into one buffer. */
const AT_ONCE_BYTES = 64 * 1024;

/** Reads the whole body into memory, stopping at the limit (and `frameBytes` beyond) whatever the headers claim. What is beyond stays to be discarded. */
export async function readBytes(request: Request, limit: LimitName, frameBytes = 0): Promise<Uint8Array> {
  const most = limits[limit].value + frameBytes;
  const declared = declaredLength(request);
  if (declared > most) throw tooLarge(limit);
  // HTTP holds whoever says a length, and does not send in chunks, to what they say: that much is read at once.
  if (declared > 0 && declared <= AT_ONCE_BYTES && !request.headers.has("transfer-encoding"))
    return new Uint8Array(await request.arrayBuffer());
  if (request.body === null) return new Uint8Array();
  const bytes = await readAtMost(request.body.values({ preventCancel: true }), most, declared);
  if (bytes === null) throw tooLarge(limit);
  return bytes;
}

function parseJsonText(bytes: Uint8Array): unknown {
  try {
    return readGivenJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch (cause) {
    if (!(cause instanceof JsonRefused)) {
      throw new AppError("malformed_json", "The body is not a JSON document: it is not UTF-8 text.", {
        cause,
      });
    }
    const { pointer, reason, code } = cause.fault;
    if (code === "syntax" || code === "too_deep")
      throw new AppError("malformed_json", `The body is not a JSON document: ${cause.message}.`, { cause });
    throw new AppError("invalid_request", `The body would not arrive as it is written: ${cause.message}.`, {
      cause,
      errors: [{ pointer, code, detail: reason }],
    });
  }
}

/** JSON Pointer (RFC 6901) of a path as zod reports it. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map(pointerStep).join("");
}

/** Turns what zod found into problem errors. */
export function toProblemErrors(error: z.ZodError, prefix = ""): ProblemError[] {
  return error.issues.flatMap(tellUnion).map((issue) => ({
    pointer: prefix + toPointer(issue.path),
    detail: issue.message,
    code: issue.code,
  }));
}

/** What is wrong with a value that may have one of several forms: that of the form it comes nearest, where it has parts. */
function tellUnion(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const [nearest = []] = issue.errors.toSorted((a, b) => a.length - b.length);
  if (nearest.length === 0 || nearest.some(({ path }) => path.length === 0)) return [issue];
  return nearest.flatMap((one) => tellUnion({ ...one, path: [...issue.path, ...one.path] }));
}

/** Reads and checks a JSON body; an optional body may be missing and counts as {}. */
export async function readJson(
  request: Request,
  body: RouteBody<LimitName> & { kind: "json" },
): Promise<unknown> {
  const bytes = await readBytes(request, body.limit);
  if (bytes.byteLength === 0 && body.optional) return parseWith(body.schema, {});
  requireMediaType(request, ["application/json"]);
  return parseWith(body.schema, parseJsonText(bytes));
}

function parseWith(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_request", "The body does not have the form this route takes.", {
    errors: toProblemErrors(parsed.error),
  });
}

/** Reads the one file of a multipart form; its bytes are a view of the body, which is in memory once. */
export async function readForm(
  request: Request,
  body: RouteBody<LimitName> & { kind: "multipart" },
): Promise<FormFile> {
  requireMediaType(request, ["multipart/form-data"]);
  const contentType = request.headers.get("content-type") ?? "";
  const bytes = await readBytes(request, body.limit, FORM_FRAME_BYTES);
  const parts = parseMultipart(bytes, contentType);
  if (parts === null)
    throw new AppError("invalid_request", "The body is not a multipart form that can be read.");
  const file = parts.find(({ name }) => name === body.field);
  if (file === undefined || file.filename === null) {
    throw new AppError("invalid_request", `The form needs one part named "${body.field}" that is a file.`, {
      errors: [{ pointer: `/${body.field}`, detail: "is missing or not a file" }],
    });
  }
  if (file.bytes.byteLength > limits[body.limit].value) throw tooLarge(body.limit);
  const fields: Record<string, string> = {};
  for (const part of parts)
    if (part.filename === null) fields[part.name] = new TextDecoder().decode(part.bytes);
  return {
    filename: file.filename,
    mediaType: file.mediaType || "application/octet-stream",
    bytes: file.bytes,
    fields,
  };
}

/** Checks type and declared length of a raw body; the handler reads `request.body` itself. */
export function checkRawBody(request: Request, body: RouteBody<LimitName> & { kind: "bytes" }): void {
  requireMediaType(request, body.media_types);
  checkDeclaredLength(request, body.limit);
}
