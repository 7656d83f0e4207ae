import type { StoredCouncil } from "#contract/councils/council";
import { roundOf, statementsOf } from "./council-state.ts";
import type { CouncilState } from "./council-state.ts";

/**
 * How alike two texts are, from 0 to 1: twice the words that both have, each as often as both have it, by the words of both
 * together (the coefficient of Sørensen and Dice). Case and punctuation count for nothing. Pure.
 */
export function compareTexts(one: string, other: string): number {
  const [a, b] = [countWords(one), countWords(other)];
  const all = sum(a.values()) + sum(b.values());
  if (all === 0) return 1;
  const shared = sum([...a].map(([word, times]) => Math.min(times, b.get(word) ?? 0)));
  return (2 * shared) / all;
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu))
    counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((all, one) => all + one, 0);

/**
 * How far the members agree after a round, from 0 to 1; null where that is not known. By position_stability it is the mean over
 * all members of how alike their last two positions are, and known once each has taken two. Pure.
 */
export function agreementAfter(
  council: StoredCouncil,
  state: CouncilState,
  round = roundOf(state),
): number | null {
  const { method } = council.convergence;
  if (method === "none") return null;
  if (method === "judge")
    return state.turns.find((turn) => turn.kind === "judge" && turn.round === round)?.agreement ?? null;
  const scores = council.members.map(({ name }) => {
    const [last, before] = statementsOf(state, name)
      .filter((turn) => turn.round <= round)
      .toReversed();
    const isNew = last?.round === round;
    return isNew && before !== undefined ? compareTexts(positionOf(before), positionOf(last)) : null;
  });
  const known = scores.flatMap((score) => score ?? []);
  return known.length === scores.length ? sum(known) / known.length : null;
}

const positionOf = ({ position, statement }: { position: string | null; statement: string }) =>
  position ?? statement;

/** The newest agreement that is known. Pure. */
export function newestAgreement(council: StoredCouncil, state: CouncilState): number | null {
  for (let round = roundOf(state); round > 0; round--) {
    const known = agreementAfter(council, state, round);
    if (known !== null) return known;
  }
  return null;
}

/** Whether they agree by the round that is over. Pure. */
export function hasConverged(council: StoredCouncil, state: CouncilState): boolean {
  const agreement = agreementAfter(council, state);
  return agreement !== null && agreement >= council.convergence.threshold;
}
