import type { Principal } from "#contract/access/access";

/** Who was found to ask, and what their workspace's catalog was marked with at that moment; undefined where it was not read. */
export interface Acting {
  principal: Principal;
  mark: number | undefined;
}

/** For whom requests are made that never came over a wire. A request of a wire is in here under no circumstances. */
const acting = new WeakMap<Request, Acting>();

/**
 * Makes a request one of this principal's, who was found by a request of theirs that this one is part of. With the mark
 * it may be answered as things were when they were found: the first thing that is asked in their name has it, and no other.
 */
export function actFor(request: Request, by: Acting): Request {
  acting.set(request, by);
  return request;
}

/** Whose a request is that this script itself has made; undefined for all that came over a wire. */
export function actingFor(request: Request): Acting | undefined {
  return acting.get(request);
}
