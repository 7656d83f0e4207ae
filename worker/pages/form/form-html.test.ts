import { expect, it } from "vitest";
import { buildForm } from "#contract/forms/build-form";
import { gatherEntries } from "#contract/forms/form";
import type { Json } from "#contract/json";
import { verifies } from "../../../test/verifies.ts";
import { buildFields } from "./form-html.ts";
import { filledIn } from "./form-state.ts";
import type { FormState } from "./form-state.ts";

const guests = {
  type: "object",
  properties: {
    guests: {
      type: "array",
      items: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
    },
    prices: { type: "object", additionalProperties: { type: "number" } },
  },
  required: ["guests", "prices"],
};
const show = async (schema: Record<string, Json>, change: Partial<FormState> = {}) => {
  const form = buildForm(schema);
  return String(await buildFields(form, { ...filledIn(form, new URLSearchParams()), ...change }));
};
const rowsOf = (html: string) => [...html.matchAll(/data-row="([^"]+)"/g)].map(([, name]) => name);
const posted = (...names: [string, string][]) => gatherEntries(names);

it("a list has two rows to write in, and as many more as are asked for, without a script", async () => {
  verifies("shares:page:all-kinds");
  const first = await show(guests);
  expect(rowsOf(first)).toEqual(["/guests/0", "/guests/1", "/prices~k/0", "/prices~k/1"]);
  expect(first).toMatch(/<button[^>]*name="_more"[^>]*value="\/guests"[^>]*formnovalidate/);
  const sent = posted(
    ["/guests/0/name", "Ada"],
    ["/guests/1/name", ""],
    ["/prices~k/0", ""],
    ["/prices~v/0", ""],
  );
  expect(rowsOf(await show(guests, { entries: sent, more: "/guests" }))).toEqual([
    "/guests/0",
    "/guests/1",
    "/guests/2",
    "/guests/3",
    "/prices~k/0",
  ]);
  // Sent for another reason it does not grow, while there is a row to write in.
  expect(
    rowsOf(await show(guests, { entries: sent })).filter((name) => name?.startsWith("/guests")),
  ).toHaveLength(2);
});

it("what counts at times alone is marked for a script, and said without one", async () => {
  verifies("shares:page:all-kinds");
  const schema = {
    type: "object",
    properties: {
      how: { enum: ["post", "mail"], type: "string" },
      street: { type: "string", "x-floom-when": { how: "post" } },
      price: { anyOf: [{ type: "integer" }, { type: "string" }] },
    },
    required: ["how", "price"],
  };
  const html = await show(schema);
  expect([...html.matchAll(/data-tab="in-2f-price-tab-(\d)"/g)].map(([, at]) => at)).toEqual(["0", "1"]);
  expect(html).toMatch(/data-when="\/how" data-values="\[&quot;post&quot;\]"/);
  expect(html).toContain("Only where how is post.");
});

it("the example of a form's author fills it in, and an address does, too", () => {
  verifies("shares:page:all-kinds");
  const form = buildForm({
    type: "object",
    properties: { city: { type: "string", examples: ["Bern"] }, days: { type: "integer", default: 2 } },
    required: ["city"],
  });
  const cityOf = (query: string) => filledIn(form, new URLSearchParams(query)).entries.get("/city");
  expect([cityOf(""), cityOf("_example=1"), cityOf("city=Rome"), cityOf("_example=1&city=Rome")]).toEqual([
    undefined,
    ["Bern"],
    ["Rome"],
    ["Rome"],
  ]);
});
