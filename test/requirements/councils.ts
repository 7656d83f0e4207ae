import type { Requirement } from "../requirements.ts";

const source = "Issue M, point 7";

export const requirements: Requirement[] = [
  {
    id: "councils:protocols",
    promise:
      "Members of a council speak in the order of its protocol, and are told what that lets them know.",
    source,
  },
  {
    id: "councils:converges",
    promise: "A council ends as soon as its members agree, by the method that it declares.",
    source,
  },
  {
    id: "councils:people",
    promise:
      "A person is a member of a council like any other: they are asked by the inbox, and heard by the others.",
    source,
  },
  {
    id: "councils:interventions-reach",
    promise:
      "What is said to a council from outside is told to every turn that begins afterwards, and the record says which was first.",
    source,
  },
  {
    id: "councils:stop-stops",
    promise:
      "A council that is stopped begins no further turn but its synthesis, waits for no person, and is over on the record.",
    source,
  },
  {
    id: "councils:grants",
    promise:
      "A member is told no statement that it may not see, and what it says with a context beyond its grants does not count.",
    source,
  },
];
