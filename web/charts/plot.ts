import { useEffect } from "react";
import type { RefObject } from "react";
import type uPlot from "uplot";

const NARROWEST_PX = 120;

/** What a colour of the style is just now, in words that a canvas understands. */
export function readColour(place: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** How wide a drawing in this place is, in pixels. */
export const widthOf = (place: HTMLElement) => Math.max(place.clientWidth, NARROWEST_PX);

/** Lines and words of an axis in the page's colours. */
export function axisOf(place: HTMLElement): uPlot.Axis {
  return {
    stroke: readColour(place, "--muted"),
    grid: { stroke: readColour(place, "--border"), width: 1 },
    ticks: { show: false },
  };
}

/** Keeps a drawing in its place: it is drawn anew with the width and the colours of the page, and when `draw` is another. */
export function usePlot(place: RefObject<HTMLElement | null>, draw: (element: HTMLElement) => uPlot): void {
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    let plot = draw(element);
    const again = () => {
      plot.destroy();
      plot = draw(element);
    };
    const watcher = new ResizeObserver(() => {
      if (widthOf(element) !== plot.width) again();
    });
    watcher.observe(element);
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", again);
    return () => {
      watcher.disconnect();
      dark.removeEventListener("change", again);
      plot.destroy();
    };
  }, [place, draw]);
}
