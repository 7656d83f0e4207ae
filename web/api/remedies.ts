import { problems } from "#contract/problem-registry";

/** What to do about a refusal, by its code; empty for one that this page does not know. */
export function remedyOf(code: string): string {
  return Object.entries(problems).find(([known]) => known === code)?.[1].remedy ?? "";
}
