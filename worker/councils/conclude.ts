import type { StoredCouncil } from "#contract/councils/council";
import type { RunnerResult } from "#contract/runner/runner";
import { roundOf, statementsOf } from "./council-state.ts";
import type { CouncilState } from "./council-state.ts";
import { newestAgreement } from "./measure-agreement.ts";

type EndedBy = NonNullable<CouncilState["ended"]>["by"];

/**
 * How a council ends, and what its run gives. Only one in which nobody ever spoke, though nobody stopped it, has failed. Pure.
 */
export function concludeCouncil(
  council: StoredCouncil,
  before: CouncilState,
  { by, error: fault }: { by: EndedBy; error?: string },
): { state: CouncilState; told: Partial<RunnerResult> } {
  const said = before.turns.filter((turn) => turn.kind === "statement" && turn.status === "spoken");
  const error = fault ?? (by === "silence" && said.length === 0 ? describeSilence(before) : null);
  const synthesis = writeSynthesis(council, before);
  const state = { ...before, ended: { by, synthesis, error } };
  if (error !== null)
    return { state, told: { outcome: "failure", error_code: "council_failed", error, outputs: {} } };
  const agreement = newestAgreement(council, before);
  const outputs = {
    synthesis,
    converged: by === "converged",
    ...(agreement === null ? {} : { agreement }),
    rounds: roundOf(before),
    ended_by: by,
    transcript: said.map(({ round, speaker, statement }) => ({ round, speaker, statement })),
  };
  return { state, told: { outputs } };
}

function describeSilence({ turns }: CouncilState): string {
  const why = turns.find(({ error }) => error !== null);
  return why === undefined ? "Nobody spoke." : `Nobody spoke. ${why.speaker}: ${why.error ?? ""}`;
}

/** What the synthesis says; without one, where each of the speakers stood at last. */
function writeSynthesis(council: StoredCouncil, state: CouncilState): string {
  const turn = state.turns.findLast(({ kind }) => kind === "synthesis");
  if (turn?.status === "spoken") return turn.statement;
  const why =
    turn?.error ??
    (council.synthesis === undefined ? "the council names no worker for it." : "nobody was asked.");
  const last = council.members.flatMap(({ name }) => {
    const { position, statement } = statementsOf(state, name).at(-1) ?? {};
    return statement === undefined ? [] : [`${name}: ${position ?? statement}`];
  });
  const stand = last.length === 0 ? "Nothing was said." : `Where they stood:\n\n${last.join("\n\n")}`;
  return `No conclusion was written: ${why} ${stand}`;
}
