import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "pipelines:validated-at-push",
    promise:
      "A pipeline whose stage names no worker, lacks an input or is given one of another type is refused at push, with the line.",
    source: "Issue M, 1: validated at push",
  },
  {
    id: "pipelines:older-format",
    promise:
      "A pipeline of the older format is read unchanged, and what has no effect in it is named with its line.",
    source: "Issue M, 1: the original's YAML unchanged",
  },
  {
    id: "pipelines:cache:same-inputs",
    promise: "A stage with a cache takes a run that completed with the same inputs in place of a new one.",
    source: "Issue M, 1: cache by input digest",
  },
  {
    id: "pipelines:approval:one-stage",
    promise:
      "A person sees, edits or rejects the exact inputs of a stage that asks, and nothing of it runs before.",
    source: "Issue M, 1: approval before a stage",
  },
  {
    id: "pipelines:resume:edited-stage",
    promise:
      "A run goes on from a stage with other inputs for it, and does nothing again that was done before it.",
    source: "Issue M, 1: replay one stage with edits",
  },
  {
    id: "pipelines:woken",
    promise: "A run that ends wakes the pipeline that waits for it.",
    source: "Issue M, 1: the pipeline run sleeps between them",
  },
  {
    id: "pipelines:woken:given-up",
    promise:
      "A run that its queue gives up wakes the pipeline that waits for it, which reads that it has failed.",
    source: "Issue M, 1: the pipeline run sleeps between them",
  },
  {
    id: "pipelines:simulation:as-one-after-the-other",
    promise:
      "Whatever crashes, comes late or comes twice: a pipeline gives what its stages give one after the other, and begins each run once.",
    source: "Issue M, 1: proof",
  },
  {
    id: "pipelines:chaos:each-stage-once",
    promise:
      "Pipelines outlive kill -9 of the edge, of the sandbox server and of both: each stage has one run, none is lost, and the outputs are right.",
    source: "Issue M, must show",
  },
  {
    id: "pipelines:plan:judged-and-carried-out",
    promise:
      "A plan that a worker makes is held to the rules of a push, and carried out by the same engine; one that breaks a rule runs nothing.",
    source: "Issue M, 2: dynamic plans",
  },
  {
    id: "pipelines:told-at-push-of-their-workers",
    promise:
      "The push of a worker names the stages of pipelines that map what it does not take or give any more.",
    source: "Issue M, 4: breaking only if a mapped field changed",
  },
  {
    id: "pipelines:plan:resumed-and-remembered",
    promise:
      "A run goes on from a stage of a plan with what was done before it; a later attempt of a run asks nobody again about the plan that people have approved.",
    source: "Issue M, 1 and 2: resume from a stage, dynamic plans",
  },
  {
    id: "pipelines:plan:approved-and-revised",
    promise:
      "A person approves, edits or rejects a plan before anything of it runs, and a rejected one is made anew where worker.yml says so.",
    source: "Issue M, 2: dynamic plans",
  },
];
