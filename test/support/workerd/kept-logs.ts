/**
 * What is logged in workerd is kept here and shown where a test fails. Vitest would send it to Node, for which the plugin
 * has the test's own context alone: a word of an object that a test has left under way waits there for the test's next
 * message, and after the last one for ever, and the whole run with it.
 */
const kept: (() => void)[] = [];
/** Of one test that logs without end. */
const MOST_KEPT = 1_000;
const LEVELS = ["debug", "info", "log", "warn", "error"] as const;

for (const level of LEVELS) {
  const print = console[level].bind(console);
  console[level] = (...words: unknown[]) => {
    if (kept.length < MOST_KEPT) kept.push(() => print(...words));
  };
}

/** Prints what was kept, if it is of interest, and forgets it. */
export function endLogs({ isShown }: { isShown: boolean }): void {
  const logs = kept.splice(0);
  if (isShown) for (const print of logs) print();
}
