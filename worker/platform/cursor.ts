import { AppError } from "./app-error.ts";

/** Packs the place where the next page starts into an opaque string. */
export function encodeCursor(place: string): string {
  return btoa(place).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Reads a cursor back; one that this service did not make is refused as an invalid request. */
export function decodeCursor(cursor: string): string {
  try {
    return atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  } catch (cause) {
    throw new AppError("invalid_request", "The cursor is not one this API gave out.", {
      errors: [{ pointer: "cursor", detail: "Take the cursor from next_cursor of the last page." }],
      cause,
    });
  }
}
