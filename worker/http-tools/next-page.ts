import type { Json } from "#contract/json";
import type { HttpTool } from "#contract/manifest/http-tool";
import { findByPath } from "../registry/http/json-path.ts";
import type { HttpRequest } from "./http-request.ts";

type Pagination = NonNullable<HttpTool["pagination"]>;

/** What the pages so far have come to. */
export interface Page {
  /** 1 for the first. */
  number: number;
  request: HttpRequest;
  document: Json;
  items: Json;
  link: string | null;
}

/** The request of the first page. Pure. */
export function firstPage(request: HttpRequest, { by, parameter, first }: Pagination): HttpRequest {
  return by === "page" && parameter !== null ? withQuery(request, parameter, String(first)) : request;
}

/** The request of the page after this one; null where there is none, or as many were asked for as may be. Pure. */
export function nextPage(page: Page, said: Pagination): HttpRequest | null {
  const { by, parameter, cursor_path: cursorPath, first, max_pages: most } = said;
  const isEmpty = Array.isArray(page.items) && page.items.length === 0;
  if (page.number >= most || isEmpty) return null;
  if (by === "link") return byLink(page);
  if (parameter === null) return null;
  if (by === "page") return withQuery(page.request, parameter, String(first + page.number));
  const found = findByPath(page.document, cursorPath ?? "@");
  const cursor = found.found ? found.value : null;
  if (typeof cursor !== "string" && typeof cursor !== "number") return null;
  const value = String(cursor);
  const isSame = page.request.query.some(([key, sent]) => key === parameter && sent === value);
  return value === "" || isSame ? null : withQuery(page.request, parameter, value);
}

/**
 * Whether this was the last page that may be asked for, and another one seems to follow: where pages are counted nobody knows before
 * it is asked for. Pure.
 */
export function leavesMore(page: Page, said: Pagination): boolean {
  return page.number >= said.max_pages && nextPage(page, { ...said, max_pages: page.number + 1 }) !== null;
}

function withQuery(request: HttpRequest, key: string, value: string): HttpRequest {
  const at = request.query.findIndex(([name]) => name === key);
  const query: HttpRequest["query"] =
    at < 0 ? [...request.query, [key, value]] : request.query.with(at, [key, value]);
  return { ...request, query };
}

/** The next page as the service names it (RFC 8288), where it is of the same origin. */
function byLink({ request, link }: Page): HttpRequest | null {
  for (const part of (link ?? "").split(/,(?=\s*<)/)) {
    const found = /^\s*<([^>]*)>\s*;(.*)$/.exec(part);
    if (
      found === null ||
      !/(?:^|;)\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next)\s*(?:;|$)/i.test(found[2] ?? "")
    )
      continue;
    const url = URL.parse(found[1] ?? "", request.url);
    if (url === null || url.origin !== new URL(request.url).origin) return null;
    const query = [...url.searchParams].map(([key, value]): [string, string] => [key, value]);
    return { ...request, url: `${url.origin}${url.pathname}`, query };
  }
  return null;
}
