import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { fitsFilters, plainName, readAppEvent } from "./read-app-event.ts";

const data = { subject: "Bill", from: { name: "Ada" } };

it("an event is read from messages of both forms, and nothing else is one", () => {
  verifies("app-events:matched");
  const metadata = { trigger_slug: "GMAIL_NEW_MESSAGE", connected_account_id: "ca_1", user_id: "wsp_1" };
  expect(readAppEvent({ type: "composio.trigger.message", metadata, data })).toEqual({
    name: "gmail_new_message",
    user: "wsp_1",
    account: "ca_1",
    data,
  });
  const facts = { connection_nano_id: "ca_1", user_id: "wsp_1" };
  expect(readAppEvent({ type: "gmail_new_message", data: { ...data, ...facts } })).toMatchObject({
    name: "gmail_new_message",
    user: "wsp_1",
    account: "ca_1",
    data,
  });
  for (const other of [undefined, null, [], "x", {}, { type: "x", data }, { metadata, data: [] }])
    expect(readAppEvent(other)).toBeNull();
});

it("an event's name is the same however it is written, and filters are values at paths", () => {
  verifies("app-events:matched");
  const names = ["gmail.new_message", "GMAIL_NEW_MESSAGE", "gmail-new-message"].map(plainName);
  expect(new Set(names)).toEqual(new Set(["gmail_new_message"]));
  expect(fitsFilters({ data }, {})).toBe(true);
  expect(fitsFilters({ data }, { subject: "Bill", "from.name": "Ada" })).toBe(true);
  expect(fitsFilters({ data }, { from: { name: "Ada" } })).toBe(true);
  for (const path of ["subject.length", "from.none", "none", "__proto__", "from.constructor", ""])
    expect(fitsFilters({ data }, { [path]: "Bill" })).toBe(false);
});
