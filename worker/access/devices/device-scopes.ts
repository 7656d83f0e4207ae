import type { Scope } from "#contract/access/access";
import { scopesOfRole, scopesOfTokens } from "#contract/access/roles";

/** What a person at a terminal commonly does, for a program that does not say what it wants. */
const common: readonly Scope[] = scopesOfRole.editor;

/** What a program's token may do: of what it asks for, all that the person may who lets it in. Pure. */
export function scopesForDevice(asked: readonly Scope[], held: readonly Scope[]): Scope[] {
  const wanted = asked.length === 0 ? common : asked;
  return scopesOfTokens(wanted).filter(
    (scope, index, all) => held.includes(scope) && all.indexOf(scope) === index,
  );
}
