import type { Principal } from "#contract/access/access";

/** For whom requests are made that never came over a wire. A request of a wire is in here under no circumstances. */
const acting = new WeakMap<Request, Principal>();

/** Makes a request one of this principal's, who was found by a request of theirs that this one is part of. */
export function actFor(request: Request, principal: Principal): Request {
  acting.set(request, principal);
  return request;
}

/** Whose a request is that this script itself has made; undefined for all that came over a wire. */
export function actingFor(request: Request): Principal | undefined {
  return acting.get(request);
}
