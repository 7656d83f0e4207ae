import type { StartEvaluation } from "#contract/evaluations/evaluation";
import { AppError } from "../platform/app-error.ts";
import type { EvaluationRow } from "./store.ts";

/**
 * Throws `idempotency_conflict` where a key has begun an evaluation of something else: whoever asks would take its verdict
 * for the one of what they ask for. Which suites one of only some has is known once it is over. Pure.
 */
export function checkKey(
  { key, version, whole, result, id }: Pick<EvaluationRow, "key" | "version" | "whole" | "result" | "id">,
  wanted: Pick<StartEvaluation, "version" | "suites">,
): void {
  const isOther =
    (wanted.version !== undefined && wanted.version !== version) ||
    (wanted.suites === undefined && !whole) ||
    (wanted.suites !== undefined &&
      result !== null &&
      wanted.suites.toSorted().join() !==
        result.suites
          .map(({ name }) => name)
          .toSorted()
          .join());
  if (!isOther) return;
  const what = `version ${version}, ${whole ? "all suites" : "some suites"}`;
  throw new AppError(
    "idempotency_conflict",
    `The key ${key} has begun ${id}, which is of something else (${what}).`,
  );
}
