import { useState } from "react";
import { useSay } from "../parts/said.tsx";
import { askForNotices, endNotices, readNoticeChoice } from "./notice-choice.ts";
import type { NoticeChoice } from "./notice-choice.ts";

const words: Readonly<Record<NoticeChoice, string>> = {
  on: "This browser tells you of new approvals.",
  off: "This browser tells you of no approvals any more.",
  unknown: "This browser was not allowed to tell you.",
  impossible: "This browser does not allow it.",
};

/** Has the browser tell of new approvals while Floom is open in a tab, or end that. */
export function NoticeButton() {
  const say = useSay();
  const [choice, setChoice] = useState(readNoticeChoice);
  if (choice === "impossible") return null;
  async function turn(): Promise<void> {
    const next = choice === "on" ? endNotices() : await askForNotices();
    setChoice(next);
    say(words[next]);
    window.dispatchEvent(new Event("floom-notices"));
  }
  return (
    <button type="button" aria-pressed={choice === "on"} onClick={() => void turn()}>
      Tell me of new ones in this browser
    </button>
  );
}
