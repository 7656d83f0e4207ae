import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/decisions/0035-a-workspace-moves-as-one-archive.md";

/** A whole workspace leaves as one archive, and arrives from one. */
export const requirements: Requirement[] = [
  {
    id: "moves:archive:all-of-it",
    promise:
      "An archive has all of a workspace that its caller sees, and another workspace has it after an import: versions by their contents, schedules, webhooks, alerts, stores, contexts, templates, settings.",
    source: SOURCE,
  },
  {
    id: "moves:archive:no-secrets",
    promise: "No archive has a secret's value, a webhook's secret or a token in it.",
    source: SOURCE,
  },
  {
    id: "moves:archive:sensitive-asked",
    promise:
      "A context that is marked sensitive is in an archive only when it was asked for, and the archive says so.",
    source: SOURCE,
  },
  {
    id: "moves:archive:every-scope",
    promise:
      "A token that lacks the scope for a part of a workspace can neither take it away nor put one in.",
    source: SOURCE,
  },
  {
    id: "moves:import:repeats",
    promise:
      "The same archive can be imported again: what is there is reported as being there, and nothing is changed.",
    source: SOURCE,
  },
  {
    id: "moves:import:never-over",
    promise:
      "An import never changes what is there under the same name: it stays, and is reported as refused.",
    source: SOURCE,
  },
  {
    id: "moves:import:paused",
    promise: "Workers arrive paused, so that nothing starts twice, unless they are asked to start at once.",
    source: SOURCE,
  },
  {
    id: "moves:import:goes-on",
    promise: "An import that was cut off goes on where it stopped, and ends with the same things.",
    source: SOURCE,
  },
  {
    id: "moves:import:hostile",
    promise:
      "A damaged, cut or lying archive is refused thing by thing: no path leads out, nothing inflates beyond its limit, and what is refused leaves nothing.",
    source: SOURCE,
  },
  {
    id: "moves:import:dry-run",
    promise: "A dry run says what would become of each thing, and changes nothing.",
    source: SOURCE,
  },
];
