/** Marks of calls by the requests that this script makes of itself. A request of a wire is in here under no circumstances. */
const marks = new WeakMap<Request, string>();

/** Makes a request a part of this call of a client. */
export function markRequest(request: Request, mark: string): Request {
  marks.set(request, mark);
  return request;
}

/** The call that a request is part of; null for all that came over a wire, whatever they say. */
export const readCallMark = (request: Request): string | null => marks.get(request) ?? null;
