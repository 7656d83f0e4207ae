import { expect, it } from "vitest";
import { LightHeaders } from "./light-headers.ts";

const byText = (a: unknown, b: unknown): number => String(a).localeCompare(String(b));

/** What both make of the same calls. */
function use(headers: Headers | LightHeaders): unknown {
  headers.append("X-Several", "one");
  headers.append("x-several", " two ");
  headers.set("Content-Type", " text/plain\t");
  headers.set("gone", "1");
  headers.delete("GONE");
  const told: string[] = [];
  headers.forEach((value, name) => void told.push(`${name}=${value}`));
  return {
    told: told.toSorted(byText),
    entries: Array.from(headers.entries()).toSorted(byText),
    pairs: Array.from(headers).toSorted(byText),
    keys: Array.from(headers.keys()).toSorted(byText),
    values: Array.from(headers.values()).toSorted(byText),
    several: headers.get("X-SEVERAL"),
    has: [headers.has("Content-type"), headers.has("gone")],
    none: headers.get("none"),
  };
}

it("headers of the agent's own answer as the standard's do", () => {
  expect(use(new LightHeaders())).toEqual(use(new Headers()));
  const record = { "A-Name": "1", b: " 2" };
  expect(Array.from(new LightHeaders(record))).toEqual(Array.from(new Headers(record)));
  const pairs: [string, string][] = [
    ["A", "1"],
    ["a", "2"],
  ];
  expect(Array.from(new LightHeaders(pairs))).toEqual(Array.from(new Headers(pairs)));
  expect(Array.from(new LightHeaders(new Headers(record)))).toEqual(Array.from(new Headers(record)));
});
