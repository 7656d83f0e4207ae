import type { Sink } from "../host.ts";
import { asSeen, onOneLine } from "./safe-text.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;
const CLEAR_LINE = "\r\u001B[2K";
const DEFAULT_COLUMNS = 80;

/** One line at the bottom of a terminal that is redrawn in place while other lines scroll above it. */
export interface LiveLine {
  set: (text: string) => void;
  /** Writes above the line; the line is drawn again below. */
  above: (write: () => void) => void;
  stop: () => void;
}

/** Draws the line with a turning sign; where nobody can watch (`isLively` false) it draws nothing. */
export function openLiveLine(sink: Sink, isLively: boolean): LiveLine {
  if (!isLively) return { set: () => undefined, above: (write) => write(), stop: () => undefined };
  let text = "";
  let frame = 0;
  const draw = (): void => {
    if (text === "") return;
    const line = `${FRAMES[frame % FRAMES.length] ?? ""} ${text}`;
    sink.write(CLEAR_LINE + [...line].slice(0, (sink.columns ?? DEFAULT_COLUMNS) - 1).join(""));
  };
  const turn = setInterval(() => {
    frame += 1;
    draw();
  }, FRAME_MS);
  turn.unref();
  return {
    set: (next) => {
      text = onOneLine(asSeen(next));
      draw();
    },
    above: (write) => {
      if (text !== "") sink.write(CLEAR_LINE);
      write();
      draw();
    },
    stop: () => {
      clearInterval(turn);
      if (text !== "") sink.write(CLEAR_LINE);
      text = "";
    },
  };
}
