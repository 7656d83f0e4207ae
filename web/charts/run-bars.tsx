import { lazy, Suspense } from "react";
import { formatCount } from "#contract/words";
import type { Bar } from "./bars.tsx";

const Bars = lazy(async () => ({ default: (await import("./bars.tsx")).Bars }));

interface RunBarsProps {
  /** What one bar stands for: `hour`, `day`. */
  step: "hour" | "day";
  bars: readonly Bar[];
}

/** What the bars tell, in a sentence. */
export function describeBars(step: "hour" | "day", bars: readonly Bar[]): string {
  const total = bars.reduce((sum, bar) => sum + bar.total, 0);
  const failed = bars.reduce((sum, bar) => sum + bar.failed, 0);
  const most = Math.max(0, ...bars.map((bar) => bar.total));
  return `Runs by ${step} over ${formatCount(bars.length, step)}: ${total} in all, ${failed} failed, at most ${most} in one ${step}.`;
}

/** Runs by hour or day; the drawing is loaded after the rest of the page. */
export function RunBars({ step, bars }: RunBarsProps) {
  return (
    <Suspense fallback={<div className="chart-bars" aria-busy="true" />}>
      <Bars label={describeBars(step, bars)} bars={bars} isUtc={step === "day"} />
    </Suspense>
  );
}
