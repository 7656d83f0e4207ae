import { useCallback, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { axisOf, readColour, usePlot, widthOf } from "./plot.ts";

export interface Bar {
  /** Epoch seconds: where on the axis it stands. */
  at: number;
  total: number;
  failed: number;
}

interface BarsProps {
  /** What the picture tells, whole, for who does not see it. */
  label: string;
  bars: readonly Bar[];
  /** In UTC, for days that the server counts in UTC; else in the viewer's zone. */
  isUtc?: boolean;
  /** What stands below the bars, in their order, where that is no time. */
  names?: readonly string[];
  /** They are amounts of any size and not counts. */
  isAmount?: boolean;
}

const HEIGHT_PX = 132;
const SHARE_OF_STEP = 0.7;
const WIDEST_PX = 40;
/** A half bar to the left and to the right, so that none is cut. */
const HALF_BAR = 0.5;
const countSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** A mark of the time axis, as the viewer writes days or times of the day. */
function tell(at: number, bars: readonly Bar[], isUtc: boolean): string {
  const when = new Date(at * 1000);
  const isDays = (bars[1]?.at ?? 0) - (bars[0]?.at ?? 0) >= 86_400;
  return isDays
    ? when.toLocaleDateString(undefined, {
        day: "numeric",
        month: "short",
        ...(isUtc ? { timeZone: "UTC" } : {}),
      })
    : when.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

/** The axis below the bars: times, or a name for each of them. */
function lowerAxis({ bars, isUtc, names }: Pick<BarsProps, "bars" | "names"> & { isUtc: boolean }) {
  if (names === undefined)
    return { space: 90, values: (_plot: uPlot, marks: number[]) => marks.map((at) => tell(at, bars, isUtc)) };
  return {
    space: 56,
    incrs: [1, 2, 3, 5],
    values: (_plot: uPlot, marks: number[]) => marks.map((at) => names[at] ?? ""),
  };
}

function draw(
  place: HTMLElement,
  of: Pick<BarsProps, "bars" | "names"> & { isUtc: boolean; isAmount: boolean },
): uPlot {
  const { bars, isUtc, names, isAmount } = of;
  const paths = uPlot.paths.bars?.({ size: [SHARE_OF_STEP, WIDEST_PX] });
  const series = (label: string, name: string): uPlot.Series => ({
    label,
    fill: readColour(place, name),
    stroke: readColour(place, name),
    width: 0,
    points: { show: false },
    ...(paths === undefined ? {} : { paths }),
  });
  const axis = axisOf(place);
  const most = Math.max(isAmount ? 0 : 1, ...bars.map(({ total }) => total)) || 1;
  const x: uPlot.Scale =
    names === undefined ? {} : { time: false, range: [-HALF_BAR, bars.length - HALF_BAR] };
  return new uPlot(
    {
      width: widthOf(place),
      height: HEIGHT_PX,
      // The last mark of the axis has room for its words.
      padding: [8, 30, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      ...(isUtc ? { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC") } : {}),
      scales: { x, y: { range: [0, most] } },
      axes: [
        { ...axis, size: 28, grid: { show: false }, ...lowerAxis(of) },
        isAmount ? { ...axis, size: 64 } : { ...axis, size: 34, incrs: countSteps },
      ],
      series: [{}, series("All", "--chart"), series("Failed", "--chart-failed")],
    },
    [bars.map(({ at }) => at), bars.map(({ total }) => total), bars.map(({ failed }) => failed)],
    place,
  );
}

/** Runs as bars, those that failed in front; or amounts, each with its name. */
export function Bars({ label, bars, isUtc = false, names, isAmount = false }: BarsProps) {
  const place = useRef<HTMLElement>(null);
  const drawHere = useCallback(
    (element: HTMLElement) =>
      draw(element, { bars, isUtc, isAmount, ...(names === undefined ? {} : { names }) }),
    [bars, isUtc, isAmount, names],
  );
  usePlot(place, drawHere);
  return <figure ref={place} className="chart-bars" aria-label={label} />;
}
