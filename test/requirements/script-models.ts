import type { Requirement } from "../requirements.ts";

const SOURCE = "Issue K, point 9";

/** What scripts ask models by their run's token. */
export const requirements: Requirement[] = [
  [
    "script-models:llm:answered",
    "A script asks a model by its workspace's keys, which it never sees, and is told text, tokens and cost.",
  ],
  [
    "script-models:llm:failures-told",
    "What a provider refuses is told by a code, without the key, after every model that may be asked was.",
  ],
  ["script-models:llm:scripted", "Without a model the scripted one answers, and says so."],
  [
    "script-models:batch:in-order",
    "A batch is answered in order, so many at a time, and a failure is one answer among the others.",
  ],
  ["script-models:embeddings:answered", "Texts become vectors, in their order."],
  [
    "script-models:cost:within-the-caps",
    "What an answer may cost is held to the caps before it is asked for, and what it has cost is the run's.",
  ],
  ["script-models:token:own-run", "Another run's token, an attempt that is over and a dry run ask no model."],
  [
    "script-models:library",
    "Python, JavaScript and shells ask models by the module and the command, old names among them.",
  ],
].map(([id = "", promise = ""]) => ({ id, promise, source: SOURCE }));
