import type { CouncilDetail, CouncilTurn } from "#contract/councils/council";
import type { CommandContext } from "../../context.ts";

/** Prints a council: its members with what they may know, and what was said, in its order. */
export function showCouncil({ output, json }: CommandContext, council: CouncilDetail): void {
  if (json) {
    output.document(council);
    return;
  }
  const { topic, status, round, rounds, agreement, ended_by: endedBy } = council;
  const agree = agreement === null ? "" : `, agreement ${agreement.toFixed(2)}`;
  const end = endedBy === null ? "" : ` (${endedBy})`;
  output.line(`${topic}\n${council.protocol}, ${status}${end}: round ${round} of ${rounds}${agree}\n`);
  output.table(
    ["MEMBER", "WORKER", "CONTEXTS", "SEES"],
    council.members.map(({ name, worker, contexts, sees }) => [
      name,
      worker ?? "a person",
      worker === null ? "-" : contexts === null || contexts.length === 0 ? "none" : contexts.join(", "),
      sees.length === 0 ? "nobody" : sees.join(", "),
    ]),
  );
  for (const turn of council.turns) output.line(`\n${describeTurn(turn)}`);
  for (const { speaker, message, kind, reached_turn: reached } of council.messages) {
    const first = reached === null ? "no turn has begun since" : `told from turn ${reached} on`;
    output.line(`\n${speaker}, from outside (${kind === "stop" ? "stop" : first}): ${message}`);
  }
  if (council.synthesis !== null) output.line(`\nWhat came out:\n${council.synthesis}`);
}

function describeTurn({
  number,
  round,
  speaker,
  status,
  statement,
  error,
  contexts,
  agreement,
}: CouncilTurn): string {
  const had = contexts === null || contexts.length === 0 ? "" : `, with ${contexts.join(", ")}`;
  const head = `${number}. ${speaker}, round ${round}${had}`;
  if (status === "spoken")
    return `${head}: ${agreement === null ? "" : `${agreement.toFixed(2)} `}${statement}`;
  return `${head} (${status})${error === null ? "" : `: ${error}`}`;
}
