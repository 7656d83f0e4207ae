import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/how-to/templates.md";

/** What sandboxes are made of. */
export const requirements: Requirement[] = [
  {
    id: "templates:file:read",
    promise: "template.yml names the packages, variables and start command of a worker's sandboxes.",
    source: SOURCE,
  },
  {
    id: "templates:file:nothing-smuggled",
    promise: "Nothing can be written into a list of packages but names and versions of packages.",
    source: SOURCE,
  },
  {
    id: "templates:name:by-content",
    promise:
      "The provider knows a template by its content, so that it is built once and a change is another one.",
    source: SOURCE,
  },
  {
    id: "templates:build:once",
    promise: "Runs that want the same template wait for one build, without a sandbox.",
    source: SOURCE,
  },
  {
    id: "templates:build:failure-told",
    promise: "A template that cannot be built fails its runs by that name, with the builder's last lines.",
    source: SOURCE,
  },
  {
    id: "templates:build:lost-again",
    promise: "A template that the provider has lost is built again, and the run goes on.",
    source: SOURCE,
  },
  {
    id: "templates:run:made-of-it",
    promise: "Runs of a worker with a template have its packages, its variables and what it starts.",
    source: SOURCE,
  },
  {
    id: "templates:workspace:by-name",
    promise:
      "A workspace keeps templates by name, and a run has the one that its worker names as it was at the start.",
    source: SOURCE,
  },
  {
    id: "templates:workspace:missing-refused",
    promise:
      "A worker whose template is not there is told at push and refused at start, by the template's name.",
    source: SOURCE,
  },
  {
    id: "templates:workspace:default",
    promise: "The workspace's template called default is that of all workers that have none and name none.",
    source: SOURCE,
  },
  {
    id: "templates:size:kept",
    promise:
      "A run's sandbox has the memory that its worker.yml says, or its template, and no more than its trust tier allows; what cannot be had is refused with the reason.",
    source: "Issue K, point 7; exec.resources of the first Floom",
  },
];
