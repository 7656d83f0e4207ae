import { expect, it } from "vitest";
import { asksForHouseShapes, asksForPage, HOUSE_MEDIA_TYPE } from "./media-type.ts";

it("the server's own shapes are for whoever names their type, not for whoever takes anything", () => {
  const asked = [
    `${HOUSE_MEDIA_TYPE}, */*`,
    "Application/Vnd.Floom+Json",
    "*/*",
    "application/json",
    null,
    "",
  ];
  expect(asked.map(asksForHouseShapes)).toEqual([true, true, false, false, false, false]);
  expect(asksForHouseShapes(`${HOUSE_MEDIA_TYPE};q=0`)).toBe(false);
});

it("a page is for whoever names one", () => {
  const asked = ["text/html", "application/xml, text/html;q=0.9", "text/*", "*/*", "text/html; q=0", null];
  expect(asked.map(asksForPage)).toEqual([true, true, false, false, false, false]);
});
