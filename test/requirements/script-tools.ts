import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/decisions/0060-scripts-call-at-the-same-gate.md";

/** What scripts do by their run's token besides telling: tools, models. */
export const requirements: Requirement[] = [
  [
    "script-tools:gate:same",
    "A script's call passes the gate, is on its run's record and on the record of changes, and never shows the credential.",
  ],
  [
    "script-tools:calls:once",
    "A call under a key is made once, however often it is asked for; the key of another call is refused.",
  ],
  [
    "script-tools:calls:declared",
    "A script reaches what its version declares and lets it call, whatever stands in a path; all else is refused by name.",
  ],
  [
    "script-tools:token:own-run",
    "Another run's token, that of an attempt that is over, and that of an ended run call nothing.",
  ],
  ["script-tools:calls:bounded", "Bodies, names and the number of calls are bounded, with a clear answer."],
  [
    "script-tools:holds:within-the-time",
    "A call that people are asked about can be answered as long as its script has time, and is nobody's consent after that.",
  ],
  [
    "script-tools:e2e:held",
    "In a whole Floom a script's held call is shown as it is sent, arrives once after a person has agreed, and never where one has not.",
  ],
  [
    "script-tools:audit:told-later",
    "What the record of changes has not heard of a script's call it is told later.",
  ],
  [
    "script-tools:compat:composio-execute",
    "Scripts of the first Floom call apps by composio-execute and are answered in its words.",
  ],
  [
    "script-tools:compat:connections-json",
    "connections.json names each declared connection with its id, and nothing that signs in there.",
  ],
  [
    "script-tools:library:python",
    "floom.connections calls tools, lists them, and says by a code what went wrong.",
  ],
  ["script-tools:library:javascript", "The JavaScript module does the same as the Python one."],
  ["script-tools:library:shell", "A shell calls tools by `floom connections`."],
  ["script-tools:library:waits", "A call that a person has to approve waits, and is one call."],
].map(([id = "", promise = ""]) => ({ id, promise, source: SOURCE }));
