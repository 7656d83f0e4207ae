import type * as z from "zod";
import { AppError } from "./app-error.ts";
import { fromBase64Url, toBase64Url } from "./bytes.ts";

/** Packs the id of the row where the next page starts into an opaque string. */
export const encodeCursor = (id: string) => toBase64Url(new TextEncoder().encode(id));

/** What a cursor was packed from; null for a text that is none. */
export function decodeCursor(cursor: string): string | null {
  const bytes = fromBase64Url(cursor);
  return bytes && new TextDecoder().decode(bytes);
}

/**
 * The row a cursor stands at, by its id; undefined without a cursor. One that this list did not give out is refused as
 * an invalid request.
 */
export function readPlace<Schema extends z.ZodType<string>>(
  idSchema: Schema,
  cursor: string | undefined,
): z.output<Schema> | undefined {
  if (cursor === undefined) return undefined;
  const place = idSchema.safeParse(decodeCursor(cursor));
  if (place.success) return place.data;
  throw new AppError("invalid_request", "The cursor is not one this API gave out.", {
    errors: [{ pointer: "cursor", detail: "Take the cursor from next_cursor of the last page." }],
  });
}

/**
 * A page of rows that were asked for with one more than `limit`: that one is not shown, and tells that there is a next
 * page. Where fewer were found because only so much was looked through, `rest` is the id the next page begins after. Pure.
 */
export function takePage<Row extends { id: string }>(
  rows: readonly Row[],
  limit: number,
  rest: string | null = null,
): { page: Row[]; next_cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = rows.length > page.length ? page.at(-1) : undefined;
  const from = last?.id ?? rest;
  return { page, next_cursor: from === null ? null : encodeCursor(from) };
}
