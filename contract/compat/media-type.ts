/**
 * The media type by which a client asks for this server's own shapes. Without it JSON is answered as the clients of the
 * first Floom read it, where the two differ.
 */
export const HOUSE_MEDIA_TYPE = "application/vnd.floom+json";

/** One media range of an Accept header, lower case, with its weight (RFC 9110, 12.5.1). */
interface MediaRange {
  type: string;
  weight: number;
}

function readAccept(accept: string): MediaRange[] {
  return accept
    .toLowerCase()
    .split(",")
    .map((part) => {
      const [type = "", ...parameters] = part.split(";").map((piece) => piece.trim());
      const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return { type, weight: weight === undefined ? 1 : Number(weight) };
    });
}

const names = (accept: string, types: readonly string[]) =>
  readAccept(accept).some(({ type, weight }) => weight > 0 && types.includes(type));

/** Whether an Accept header asks for this server's own shapes; null and `*`/`*` do not. Pure. */
export function asksForHouseShapes(accept: string | null): boolean {
  return names(accept ?? "", [HOUSE_MEDIA_TYPE]);
}

/** Whether an Accept header asks for a page to look at, as browsers do when they go somewhere. Pure. */
export function asksForPage(accept: string | null): boolean {
  return names(accept ?? "", ["text/html", "application/xhtml+xml"]);
}
