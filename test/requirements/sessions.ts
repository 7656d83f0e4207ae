import type { Requirement } from "../requirements.ts";

const source = "Issue M, point 5";

export const requirements: Requirement[] = [
  {
    id: "sessions:durable",
    promise:
      "A work session is a durable record with its runs and notes, found again by its key, and ends once.",
    source,
  },
  {
    id: "sessions:told-by-reading",
    promise:
      "Whether a session is alive is read off when it was last heard of: it lapses without a timer, and comes back with a heartbeat.",
    source,
  },
  {
    id: "sessions:nothing-pushed",
    promise:
      "Neither an end nor a sync of a session sends anything anywhere without an approval; without a remote it is refused.",
    source,
  },
];
