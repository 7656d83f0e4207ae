import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "mcp:list:never-stale",
    promise:
      "The list of tools shows a worker as it is at that moment: deployed, paused, deleted, or with its secret set just now.",
    source: "docs/decisions/0048-a-list-is-written-once.md",
  },
  {
    id: "mcp:answers:as-declared",
    promise:
      "What a tool answers is what it declares, cut short or not, so that no client of either era refuses an answer.",
    source: "docs/decisions/0048-a-list-is-written-once.md",
  },
  {
    id: "mcp:listen:log",
    promise:
      "Whoever listens to a run's log is told of new lines, at most once a second, and of no log that they may not read.",
    source: "docs/decisions/0048-a-list-is-written-once.md",
  },
  {
    id: "mcp:alias:one-of-two",
    promise:
      "Of two workers that take one name for their tools at the same moment, one gets it and the other is told whose it is.",
    source: "docs/decisions/0059-a-tool-may-have-a-name-of-its-own.md",
  },
  {
    id: "mcp:alias:never-anothers",
    promise:
      "A worker's tool may be called by a name of its own, which is never the platform's, another worker's or another's alias.",
    source: "docs/decisions/0059-a-tool-may-have-a-name-of-its-own.md",
  },
  {
    id: "mcp:clients:interoperate",
    promise:
      "The official clients of both eras list, call, wait, give up a call with its run, and are told what was wrong with arguments and token.",
    source: "docs/how-to/connect-clients.md",
  },
  {
    id: "mcp:calls:many",
    promise:
      "A thousand calls at once, with clients that go away in the middle, mix no workspaces and leave no run that nobody waits for.",
    source: "docs/decisions/0043-a-tool-is-a-request-in-process.md",
  },
  {
    id: "mcp:library:installed",
    promise:
      "Whoever installs the package serves a folder from a program or a terminal, on Node 20 or newer, with types and without a checkout.",
    source: "docs/decisions/0084-what-is-installed-is-built.md",
  },
  {
    id: "mcp:cancel:first-era",
    promise:
      "A client of the first era that cancels a call and keeps its connection has the run cancelled, and no other client's that shares its token.",
    source: "docs/decisions/0085-a-session-is-a-name.md",
  },
  {
    id: "mcp:asking:first-era",
    promise:
      "A client of the first era asks its person within a call what the run asks, and only what it answers itself, for its own call, counts.",
    source: "docs/decisions/0088-an-answer-finds-its-run.md",
  },
];
