import type { Requirement } from "../requirements.ts";

const source = "Issue H, points 1 and 2";

export const requirements: Requirement[] = [
  {
    id: "accounts:lazy:not-on-start",
    promise: "Runs, hooks and calls by token never load what signs people in.",
    source,
  },
  {
    id: "accounts:password:verified-first",
    promise: "A password signs in once the address it was chosen for is confirmed.",
    source,
  },
  {
    id: "accounts:cookie:attributes",
    promise: "The session's cookie is HttpOnly, SameSite=Lax, and Secure beyond this machine.",
    source,
  },
];
