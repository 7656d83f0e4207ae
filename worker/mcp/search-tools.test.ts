import { expect, it } from "vitest";
import { searchTools } from "./search-tools.ts";

const tool = (
  name: string,
  more: { title?: string; text?: string; tags?: string[]; changedAt?: number } = {},
) => ({
  name,
  title: "",
  text: "",
  tags: [],
  changedAt: 0,
  ...more,
});
const namesOf = (all: ReturnType<typeof tool>[], query: string) =>
  searchTools(all, query).found.map(({ name }) => name);

it("what is called so comes before what is titled so, and that before what only tells of it", () => {
  const all = [
    tool("tells", { text: "Sends an invoice." }),
    tool("titled", { title: "Invoice sender" }),
    tool("invoice-split"),
    tool("invoice"),
    tool("other"),
  ];
  expect(namesOf(all, "Invoice")).toEqual(["invoice", "invoice-split", "titled", "tells"]);
});

it("all words must be found, wherever each is", () => {
  const all = [tool("invoice-split", { tags: ["finance"] }), tool("invoice-sum")];
  expect(namesOf(all, "finance  invoice")).toEqual(["invoice-split"]);
  expect(namesOf(all, "invoice nothing")).toEqual([]);
});

it("no more than twenty are told, of how many; without words those changed last", () => {
  const all = Array.from({ length: 500 }, (_, at) => tool(`w${at}`, { changedAt: at }));
  const { found, total } = searchTools(all, "");
  expect([found.length, found[0]?.name, total]).toEqual([20, "w499", 500]);
});
