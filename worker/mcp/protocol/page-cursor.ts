import { ProtocolError } from "@modelcontextprotocol/server";
import * as z from "zod";
import { INVALID_PARAMS } from "./error-numbers.ts";

/** What a list that has pages is asked with. */
export const pageParams = z.looseObject({ cursor: z.string().max(1000).optional() });

/** The refusal of a cursor that the list has given to nobody. */
export function foreignCursor(cursor: string | undefined): ProtocolError {
  return new ProtocolError(INVALID_PARAMS, "This cursor is none of the list's.", { cursor });
}

/** What a list of one page is asked with. */
export const onePageParams = z.looseObject({ cursor: z.string().nullish() });

/** Throws the protocol's refusal where a list that has one page is asked for another. */
export function refuseOtherPages({ cursor }: z.output<typeof onePageParams>): void {
  if (cursor) throw foreignCursor(cursor);
}
