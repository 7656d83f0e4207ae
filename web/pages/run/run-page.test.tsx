import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Router } from "wouter";
import { stageNameSchema } from "#contract/pipelines/stage";
import { buildFailure } from "#contract/runs/run-failure";
import { emptyRunScreen } from "#contract/runs/run-screen";
import { readEdit } from "../../parts/input-edits.tsx";
import { levelsOf } from "../../run-parts/stage-levels.ts";
import { findLines, LogSection } from "./log-section.tsx";
import { Stages } from "./stages.tsx";
import { timelineOf } from "./timeline.tsx";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

test("a run's time is told by its wait, each attempt, and what it asked", () => {
  const attempt = { attempt: 1, started_at: at(2), ended_at: at(5), lost: true, error_code: null };
  const again = { ...attempt, attempt: 2, started_at: at(6), ended_at: null, lost: false };
  const spans = timelineOf({
    created_at: at(0),
    started_at: at(2),
    completed_at: null,
    attempts: [attempt, again],
    approval_trail: null,
  });
  expect(spans.map(({ label, note, from, to }) => [label, note, from, to])).toEqual([
    ["In the queue", "", 0, 2000],
    ["Attempt 1", "Lost by the platform", 2000, 5000],
    ["Attempt 2", "Under way", 6000, null],
  ]);
});

test("a run that never began has waited until its end", () => {
  const { code } = buildFailure("timeout");
  const spans = timelineOf({
    created_at: at(0),
    started_at: null,
    completed_at: at(9),
    attempts: [{ attempt: 1, started_at: null, ended_at: null, lost: false, error_code: code }],
    approval_trail: null,
  });
  expect(spans.map(({ from, to }) => [from, to])).toEqual([[0, 9000]]);
});

test("lines are found by word, whatever its case, and by how severe they are", () => {
  const line = (level: "debug" | "info" | "error", message: string) => ({
    level,
    message,
    stream: "stdout" as const,
    timestamp: at(0),
  });
  const lines = [line("debug", "Began"), line("info", "began again"), line("error", "broke")];
  expect(findLines(lines, "", "debug")).toBe(lines);
  expect(findLines(lines, "BEGAN", "debug")).toEqual(lines.slice(0, 2));
  expect(findLines(lines, "", "warning")).toEqual(lines.slice(2));
});

test("an edit of a text stays text, of anything else it has to be JSON", () => {
  expect([readEdit("a", "12"), readEdit(1, "12"), readEdit([], "[1"), readEdit(null, "null")]).toEqual([
    "12",
    12,
    undefined,
    null,
  ]);
});

test("a pipeline's run shows each stage, what became of it and its runs", () => {
  const stage = {
    worker: "word-count",
    run_id: null,
    run_ids: [],
    items: null,
    error: null,
    needs: [] as string[],
    plan: null,
    started_at: null,
    ended_at: null,
  };
  const stages = [
    { ...stage, name: stageNameSchema.parse("split"), status: "completed" as const, run_id: "run_1" },
    {
      ...stage,
      name: stageNameSchema.parse("count"),
      status: "running" as const,
      items: { total: 3, done: 1 },
      needs: ["split"],
      run_ids: ["run_2", "run_3"],
    },
    {
      ...stage,
      name: stageNameSchema.parse("praise"),
      status: "skipped" as const,
      error: "when does not hold.",
    },
  ];
  const show = (given: typeof stages) =>
    renderToStaticMarkup(
      <Router ssrPath="/">
        <Stages stages={given} />
      </Router>,
    );
  const shown = show(stages);
  expect(shown).toContain('<a href="/runs/run_1">Open the run of split</a>');
  expect(shown.match(/class="stage-level"/g)).toHaveLength(2);
  for (const words of ["after split", "Running, 1 of 3", "2 runs", "Skipped: when does not hold."])
    expect(shown).toContain(words);
  expect(show([])).toBe("");
});

test("stages stand behind all that they wait for, whatever their order", () => {
  const stage = (name: string, needs: string[] = []) => ({ name, needs });
  const stages = [stage("d", ["b", "c"]), stage("c", ["a"]), stage("a"), stage("b"), stage("e", ["e", "zz"])];
  const names = levelsOf(stages).map((level) => level.map(({ name }) => name));
  expect(names).toEqual([["a", "b", "e"], ["c"], ["d"]]);
});

test("what a model is saying stands below the log, marked as that, and goes with the run's end", () => {
  const saying = {
    type: "live" as const,
    turn: 1,
    kind: "text" as const,
    text: "tides are high",
    characters: 40,
  };
  const live = {
    detail: undefined,
    view: emptyRunScreen,
    saying,
    connection: "live" as const,
    error: undefined,
  };
  const shown = renderToStaticMarkup(<LogSection run="run_1" live={live} ended={false} />);
  expect(shown).toContain("The model is saying");
  expect(shown).toContain("… tides are high");
  expect(renderToStaticMarkup(<LogSection run="run_1" live={live} ended />)).not.toContain("tides");
});
