import { expect, test } from "vitest";
import { describeCron } from "./cron-words.ts";
import { cronOf } from "./schedule-dialog.tsx";

const draft = { rhythm: "daily" as const, time: "08:05", weekday: "5", day: "28", cron: "1 2 3 4 5" };

test("what is chosen in words is a cron expression that says the same in words", () => {
  const crons = (["hourly", "daily", "weekdays", "weekly", "monthly", "own"] as const).map((rhythm) =>
    cronOf({ ...draft, rhythm }),
  );
  expect(crons).toEqual(["5 * * * *", "5 8 * * *", "5 8 * * 1-5", "5 8 * * 5", "5 8 28 * *", "1 2 3 4 5"]);
  expect(crons.slice(0, 5).map(describeCron)).toEqual([
    "At 5 minutes past the hour",
    "At 08:05",
    "At 08:05, Monday through Friday",
    "At 08:05, only on Friday",
    "At 08:05, on day 28 of the month",
  ]);
});

test("an expression that is none is shown as it is", () => {
  expect(describeCron("whenever")).toBe("whenever");
});
