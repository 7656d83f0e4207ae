import type { Requirement } from "../requirements.ts";

const issue = "Issue K, point 6";

export const requirements: Requirement[] = [
  {
    id: "http-tools:render:component",
    promise:
      "A value stays within its part of the request: one path segment, one query value, one header line.",
    source: issue,
  },
  {
    id: "http-tools:render:typed",
    promise: "A placeholder alone keeps its value's type, and what is not given is left out.",
    source: issue,
  },
  {
    id: "http-tools:secrets:template-only",
    promise: "A secret goes only where the tool's author wrote it; a value that looks like one stays text.",
    source: issue,
  },
  {
    id: "http-tools:secrets:fail-closed",
    promise: "Without one of its secrets a request is not sent.",
    source: issue,
  },
  {
    id: "http-tools:secrets:never-shown",
    promise: "No answer or error shows a secret, though the service says it back.",
    source: issue,
  },
  {
    id: "http-tools:retries:safe",
    promise: "A request is sent again only where a repeat can do no harm.",
    source: issue,
  },
  {
    id: "http-tools:answers:bounded",
    promise: "An answer that is too large, too slow or cut ends the call with a reason.",
    source: issue,
  },
  {
    id: "http-tools:attacks:stopped",
    promise: "Whatever is not the declared request to the declared host arrives nowhere.",
    source: issue,
  },
  {
    id: "http-tools:e2e:read",
    promise: "A declared HTTP tool runs through queue, gate and record without a sandbox.",
    source: issue,
  },
  {
    id: "http-tools:e2e:held",
    promise: "A call that a rule holds arrives once and exactly as approved, or never.",
    source: issue,
  },
  {
    id: "http-tools:packs:correct",
    promise: "Each tool of each starter pack sends the request that its service documents.",
    source: issue,
  },
  {
    id: "http-tools:generate:deterministic",
    promise: "The same OpenAPI document always makes the same worker, with no more rights than it needs.",
    source: issue,
  },
  {
    id: "http-tools:generate:hostile",
    promise:
      "No OpenAPI document takes a secret by its words, or has an address of a private network fetched.",
    source: issue,
  },
  {
    id: "http-tools:approvals:workspace",
    promise:
      "Where a worker or its workspace has people approve, each writing call of a declared tool waits.",
    source: issue,
  },
  {
    id: "http-tools:generate:into-quarantine",
    promise: "What is generated and pushed in one go waits in quarantine for a person.",
    source: "Issue K, point 6",
  },
];
