import { useDeferredValue, useMemo, useState } from "react";
import type { LiveText } from "#contract/agents/live-text";
import type { LogLine } from "#contract/runs/run";
import { formatCount } from "#contract/words";
import type { LiveRun } from "../../live/use-run.ts";
import { ChoiceField, TextField } from "../../parts/labelled.tsx";
import { LogView } from "../../run-parts/log-view.tsx";

/** From the least severe on. */
const levels = ["debug", "info", "warning", "error", "critical"] as const;
type Level = (typeof levels)[number];

const levelWords: Record<Level, string> = {
  debug: "Everything",
  info: "Information and worse",
  warning: "Warnings and worse",
  error: "Errors and worse",
  critical: "What is critical",
};

/** The lines that hold a word, whatever its case, and are at least so severe. Pure. */
export function findLines(lines: readonly LogLine[], word: string, least: Level): readonly LogLine[] {
  const wanted = word.toLowerCase();
  const from = levels.indexOf(least);
  if (wanted === "" && from === 0) return lines;
  return lines.filter(
    ({ level, message }) => levels.indexOf(level) >= from && message.toLowerCase().includes(wanted),
  );
}

/** What an agent's model is saying or thinking right now. A screen reader is told what the turn has said in the end. */
function Saying({ saying: { kind, text, characters } }: { saying: LiveText }) {
  return (
    <figure className="card saying" aria-live="off">
      <figcaption className="muted">
        {kind === "text" ? "The model is saying" : "The model is thinking"}
      </figcaption>
      <p className={kind === "reasoning" ? "muted" : undefined}>
        {text.length < characters && "… "}
        {text}
      </p>
    </figure>
  );
}

interface LogSectionProps {
  run: string;
  live: LiveRun;
  ended: boolean;
}

/** A run's log as it comes, with what finds a line in it. */
export function LogSection({ run, live, ended }: LogSectionProps) {
  const { view, connection, saying } = live;
  const [word, setWord] = useState("");
  const [least, setLeast] = useState<Level>("debug");
  // Of a long log each key would search all lines: the typing goes first.
  const sought = useDeferredValue(word);
  const lines = useMemo(() => findLines(view.lines, sought, least), [view.lines, sought, least]);
  const isFiltered = sought !== "" || least !== "debug";
  return (
    <section aria-labelledby="log-heading">
      <div className="section-heading">
        <h2 id="log-heading">Log</h2>
        {connection === "interrupted" && (
          <output className="muted">The connection broke; reconnecting …</output>
        )}
      </div>
      {view.lines.length > 0 && (
        <search className="filters">
          <TextField
            label="Find in the log"
            type="search"
            value={word}
            onChange={(event) => setWord(event.currentTarget.value)}
          />
          <ChoiceField
            label="Show"
            value={least}
            choices={levels.map((level) => [level, levelWords[level]] as const)}
            onChange={({ currentTarget: { value } }) =>
              setLeast(levels.find((level) => level === value) ?? "debug")
            }
          />
          <output className="muted">
            {isFiltered
              ? `${lines.length.toLocaleString("en-US")} of ${formatCount(view.lines.length, "line")}`
              : formatCount(view.lines.length, "line")}
          </output>
        </search>
      )}
      {lines.length > 0 && (
        <LogView run={run} log={{ lines, droppedLines: view.droppedLines }} live={!ended} />
      )}
      {view.lines.length > 0 && lines.length === 0 && <p className="card muted">No line is like that.</p>}
      {saying !== null && !ended && <Saying saying={saying} />}
      {view.lines.length === 0 && saying === null && (
        <p className="card muted">{ended ? "The script printed nothing." : "No line has come in yet."}</p>
      )}
    </section>
  );
}
