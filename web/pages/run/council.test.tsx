import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Router } from "wouter";
import type { CouncilDetail } from "#contract/councils/council";
import { sampleCouncil } from "../../../test/support/sample-council.ts";
import { CouncilView } from "./council.tsx";

const show = (council: CouncilDetail) =>
  renderToStaticMarkup(
    <Router ssrPath="/">
      <CouncilView council={council} />
    </Router>,
  );

test("a council shows who may know what, each turn with its run, and what was said from outside", () => {
  const shown = show(sampleCouncil());
  for (const words of [
    "They wait for a person: round 2 of 3, agreement 0.50",
    "A person",
    "with handbook@3",
    "I doubt it.",
    "Think of the costs.",
  ])
    expect(shown).toContain(words);
  expect(shown).toContain('<a href="/runs/run_01j9zzzzzzzzzzzzzzzzzzzzzz">Its run</a>');
});

test("a council in which a person is asked leads to the question", () => {
  const [first] = sampleCouncil().turns;
  if (first === undefined) throw new Error("The sample has no turn.");
  const asked = { ...first, status: "waiting" as const, statement: "", run_id: null, approval_id: "apr_1" };
  expect(show({ ...sampleCouncil(), turns: [asked] })).toContain(
    '<a href="/approvals?show=apr_1">Answer</a>',
  );
});
