import type * as z from "zod";
import { AppError } from "./app-error.ts";

/** Packs the id of the row where the next page starts into an opaque string. */
function encodeCursor(id: string): string {
  return btoa(id).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function decodeCursor(cursor: string): string | null {
  try {
    return atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
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
 * page. Pure.
 */
export function takePage<Row extends { id: string }>(
  rows: readonly Row[],
  limit: number,
): { page: Row[]; next_cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = rows.length > page.length ? page.at(-1) : undefined;
  return { page, next_cursor: last ? encodeCursor(last.id) : null };
}
