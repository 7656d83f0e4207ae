import { expect, it } from "vitest";
import type { LiveText } from "#contract/agents/live-text";
import { verifies } from "../../test/verifies.ts";
import { openLiveTeller } from "./live-teller.ts";

const said = (text: string): LiveText => ({
  type: "live",
  turn: 1,
  kind: "text",
  text,
  characters: text.length,
});

const settle = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

/** A teller whose every sending is answered when the test says so. */
function open() {
  const sent: string[] = [];
  const answers: { take: (flushMs: number | null) => void; refuse: (error: Error) => void }[] = [];
  const clock = { now: 0 };
  const show = openLiveTeller({
    clock: () => clock.now,
    send: ({ text }) => {
      sent.push(text);
      return new Promise((take, refuse) => answers.push({ take, refuse }));
    },
  });
  const answer = async (flushMs: number | null) => {
    answers.shift()?.take(flushMs);
    await settle();
  };
  const refuse = async () => {
    answers.shift()?.refuse(new Error("away"));
    await settle();
  };
  return { sent, clock, answer, refuse, show: (text: string) => show(said(text)) };
}

it("shows the newest as often as it is watched, one at a time, and waits for nobody", async () => {
  verifies("agents:document:told");
  const { sent, clock, answer, show } = open();
  for (const text of ["a", "ab", "abc"]) show(text);
  expect(sent).toEqual(["a"]);
  await answer(100);
  show("abcd");
  expect(sent).toEqual(["a"]);
  clock.now = 300;
  show("abcde");
  expect(sent).toEqual(["a", "abcde"]);
  // Nobody watches any more.
  await answer(2000);
  clock.now = 3000;
  show("abcdef");
  expect(sent).toHaveLength(2);
});

it("lets a run that does not answer, or does not hear, be for a while, and comes to no harm", async () => {
  verifies("agents:document:told");
  const { sent, clock, answer, refuse, show } = open();
  show("a");
  await refuse();
  show("ab");
  expect(sent).toEqual(["a"]);
  clock.now = 10_000;
  show("abc");
  await answer(null);
  show("abcd");
  expect(sent).toEqual(["a", "abc"]);
});
