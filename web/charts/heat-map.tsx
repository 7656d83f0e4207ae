import { useCallback, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { PatternHour } from "#contract/patterns/patterns";
import { axisOf, readColour, usePlot, widthOf } from "./plot.ts";

const HEIGHT_PX = 190;
const HOURS = 24;
const DAYS = 7;
const GAP_PX = 1;
/** The palest that an hour is in which anything ran. */
const PALEST = 0.18;

interface HeatMapProps {
  /** What the picture tells, whole, for who does not see it. */
  label: string;
  hours: readonly PatternHour[];
  /** Monday first. */
  weekdays: readonly string[];
}

/** The cells of a drawing: an hour is as dark as many ran in it, beside the one in which most did. */
function fillCells(plot: uPlot, hours: readonly PatternHour[], colour: string): void {
  const { ctx } = plot;
  const most = Math.max(1, ...hours.map(({ total }) => total));
  ctx.save();
  ctx.fillStyle = colour;
  for (const { weekday, hour, total } of hours) {
    const left = plot.valToPos(hour, "x", true);
    const top = plot.valToPos(DAYS - weekday + 1, "y", true);
    const width = plot.valToPos(hour + 1, "x", true) - left;
    const height = plot.valToPos(DAYS - weekday, "y", true) - top;
    ctx.globalAlpha = PALEST + (1 - PALEST) * (total / most);
    ctx.fillRect(left + GAP_PX, top + GAP_PX, width - 2 * GAP_PX, height - 2 * GAP_PX);
  }
  ctx.restore();
}

function draw(place: HTMLElement, { hours, weekdays }: Omit<HeatMapProps, "label">): uPlot {
  const axis = axisOf(place);
  const colour = readColour(place, "--heat");
  return new uPlot(
    {
      width: widthOf(place),
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: [0, HOURS] }, y: { range: [0, DAYS] } },
      axes: [
        {
          ...axis,
          size: 28,
          incrs: [1, 2, 3, 4, 6],
          space: 30,
          values: (_plot, marks) => marks.map((hour) => (hour < HOURS ? String(hour) : "")),
        },
        {
          ...axis,
          size: 44,
          // The name of a day stands at the middle of its row.
          splits: () => weekdays.map((_, at) => DAYS - at - 0.5),
          values: () => [...weekdays],
          grid: { show: false },
        },
      ],
      series: [{}, { show: false }],
      hooks: { draw: [(plot) => fillCells(plot, hours, colour)] },
    },
    [
      [0, HOURS],
      [0, DAYS],
    ],
    place,
  );
}

/** When runs are made: the hours of the day from left to right, the days of the week from top to bottom. */
export function HeatMap({ label, hours, weekdays }: HeatMapProps) {
  const place = useRef<HTMLElement>(null);
  const drawHere = useCallback(
    (element: HTMLElement) => draw(element, { hours, weekdays }),
    [hours, weekdays],
  );
  usePlot(place, drawHere);
  return <figure ref={place} className="chart-heat" aria-label={label} />;
}
