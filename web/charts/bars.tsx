import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

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
}

const HEIGHT_PX = 132;
const SHARE_OF_STEP = 0.7;
const WIDEST_PX = 40;

/** What a colour of the style is just now, in words that a canvas understands. */
function readColour(place: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

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

function draw(place: HTMLElement, bars: readonly Bar[], isUtc: boolean): uPlot {
  const colour = (name: string) => readColour(place, name);
  const paths = uPlot.paths.bars?.({ size: [SHARE_OF_STEP, WIDEST_PX] });
  const series = (label: string, name: string): uPlot.Series => ({
    label,
    fill: colour(name),
    stroke: colour(name),
    width: 0,
    points: { show: false },
    ...(paths === undefined ? {} : { paths }),
  });
  const axis = {
    stroke: colour("--muted"),
    grid: { stroke: colour("--border"), width: 1 },
    ticks: { show: false },
  };
  const most = Math.max(1, ...bars.map(({ total }) => total));
  return new uPlot(
    {
      width: Math.max(place.clientWidth, 120),
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { show: false },
      ...(isUtc ? { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC") } : {}),
      scales: { y: { range: [0, most] } },
      axes: [
        {
          ...axis,
          size: 28,
          space: 90,
          grid: { show: false },
          values: (_plot, marks) => marks.map((at) => tell(at, bars, isUtc)),
        },
        { ...axis, size: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
      ],
      series: [{}, series("All", "--chart"), series("Failed", "--chart-failed")],
    },
    [bars.map(({ at }) => at), bars.map(({ total }) => total), bars.map(({ failed }) => failed)],
    place,
  );
}

/** Runs over time as bars, those that failed in front; drawn anew with the width and the colours of the page. */
export function Bars({ label, bars, isUtc = false }: BarsProps) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    let plot = draw(element, bars, isUtc);
    const again = () => {
      plot.destroy();
      plot = draw(element, bars, isUtc);
    };
    const watcher = new ResizeObserver(() => {
      if (Math.max(element.clientWidth, 120) !== plot.width) again();
    });
    watcher.observe(element);
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", again);
    return () => {
      watcher.disconnect();
      dark.removeEventListener("change", again);
      plot.destroy();
    };
  }, [bars, isUtc]);
  return <figure ref={place} className="chart-bars" aria-label={label} />;
}
