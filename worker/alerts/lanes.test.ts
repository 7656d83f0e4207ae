import { expect, it } from "vitest";
import { chooseToLeave } from "./lanes.ts";

const rows = (...ids: string[]) => ids.map((alert_id) => ({ alert_id, channel: "webhook" }));
const names = (chosen: { alert_id: string }[]) => chosen.map((row) => row.alert_id).join("");
const lanes = (text: string) => Array.from(text, (id) => `${id}:webhook`);

it.each([
  ["two at a time to each receiver, five in all", "aaabbbccc", "", "", "aabbc"],
  ["what is under way counts", "aab", "aa", "", "b"],
  ["one at a time to a receiver that did not answer", "aabb", "", "a", "abb"],
  ["those that do not answer leave room for the others", "abcde", "", "abcd", "abce"],
  ["those that answer take no place that is left for one that does not", "d", "abc", "d", "d"],
  ["five are under way: nobody leaves", "e", "abcda", "", ""],
])("%s", (_name, due, sending, silent, leaves) => {
  const traffic = { sending: lanes(sending), silent: new Set(lanes(silent)) };
  expect(names(chooseToLeave(rows(...due), traffic))).toBe(leaves);
});
