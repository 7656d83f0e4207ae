import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "web:live-log:reconnects-without-loss",
    promise: "A live log that loses its connection goes on where it was: no line missing, none twice.",
    source: "issue A, point 9",
  },
  {
    id: "web:empty:says-what-to-do-next",
    promise: "A page with nothing to show says what to do next, with commands to copy.",
    source: "issue A, point 9",
  },
  {
    id: "web:sign-in:token-leaves-the-address",
    promise: "The page takes a token from its link once and removes it from the address.",
    source: "issue A, points 7 and 9",
  },
  {
    id: "web:sign-in:link-replaces-no-token-unasked",
    promise:
      "A link signs nobody in as somebody else: a token that is kept is only replaced when the person agrees.",
    source: "issue D, item 7",
  },
  {
    id: "web:run:watched-and-cancelled",
    promise: "The page shows a run's log while it runs, and cancels it after a second question.",
    source: "issue A, point 9",
  },
  {
    id: "web:run:asks-and-says-how-to-decide",
    promise: "The page of a run that waits for a decision shows what is proposed and how to decide.",
    source: "issue B, point 7",
  },
  {
    id: "web:accessible:no-axe-fault",
    promise: "No page has a fault that axe finds, in light and in dark mode.",
    source: "issue A, point 9",
  },
  {
    id: "web:size:at-most-150-kb",
    promise: "The page loads at most 150 kB of script, compressed.",
    source: "goals: dashboard first load",
  },
  {
    id: "web:terminal:nothing-before-a-click",
    promise:
      "A terminal's link fills in its code; who asks, from where and for what is shown before a person decides.",
    source: "docs/how-to/tokens.md",
  },
  {
    id: "web:account:passkey",
    promise: "A person adds a passkey on their account's page, signs in with it, and removes it.",
    source: "issue H, points 1 to 4",
  },
  {
    id: "web:account:sessions",
    promise: "A person sees where they are signed in, and signs those browsers out.",
    source: "issue H, points 1 to 4",
  },
  {
    id: "web:account:session-before-owner",
    promise: "Who signed in as themselves is not made the owner by their own machine's page.",
    source: "issue H, points 1 to 4",
  },
  {
    id: "web:account:export-and-deletion",
    promise: "A person saves what is kept of them, and deletes their account, on its page.",
    source: "issue H, points 1 to 4",
  },
  {
    id: "web:invite:accepted",
    promise: "The link of an invitation leads to a page that takes it up at a click.",
    source: "issue H, points 1 to 4",
  },
  {
    id: "web:workspaces:chosen",
    promise: "Who is in several workspaces chooses on the page which one it shows.",
    source: "issue H, points 1 to 4",
  },
  {
    id: "web:terminal:let-in",
    promise: "A terminal is let in on its page, by keyboard alone.",
    source: "issue H, points 1 to 4",
  },
  {
    id: "web:form:keyboard-alone",
    promise:
      "A form of any kind of field is filled in and sent by keyboard alone; Escape lets go of an editor's Tab.",
    source: "design: one form model",
  },
  {
    id: "web:form:refusals-on-their-field",
    promise: "What the API refuses is said at its field, in a row and within JSON at its line.",
    source: "design: one form model",
  },
  {
    id: "web:accessible:narrow-screens",
    promise: "On a narrow screen, and at twice the size, no page is wider than the screen.",
    source: "issue L",
  },
  {
    id: "web:overview:attention-with-its-action",
    promise: "The overview names what wants somebody, each with the way to mend it.",
    source: "issue L",
  },
  {
    id: "web:palette:keyboard-alone",
    promise: "Pages, workers and runs are found by typing, and gone to by keyboard alone.",
    source: "issue L",
  },
  {
    id: "web:runs:filters-are-the-address",
    promise: "What a list of runs is filtered by stands in the address, and is found there again.",
    source: "issue L",
  },
  {
    id: "web:runs:bulk",
    promise: "Several runs are chosen and replayed together.",
    source: "issue L",
  },
  {
    id: "web:run:replay-with-edits",
    promise: "A run is run again with other inputs from its page, by keyboard alone.",
    source: "issue L",
  },
  {
    id: "web:run:log-search",
    promise: "Lines of a log are found by word and by how severe they are.",
    source: "issue L",
  },
  {
    id: "web:approvals:edit-and-keyboard",
    promise: "Approvals are edited, approved and rejected with a reason, by keyboard alone.",
    source: "issue L",
  },
  {
    id: "web:source:save-and-roll-back",
    promise:
      "A file is edited and saved as a new version, and an older one is made active again after what that changes was shown.",
    source: "issue L",
  },
  {
    id: "web:schedule:made-in-words",
    promise: "A schedule is made in words, its next times shown before it is made.",
    source: "issue L",
  },
  {
    id: "web:webhooks:inspect-and-redeliver",
    promise: "A delivery is shown with its headers and body, and taken once more.",
    source: "issue L",
  },
  {
    id: "web:dead-letters:start-over",
    promise: "Failed runs are started over or put aside, several at once.",
    source: "issue L",
  },
  {
    id: "web:secrets:set-and-deleted",
    promise: "A secret is set and deleted on its page, which never shows its value.",
    source: "issue L",
  },
  {
    id: "web:danger:typed-first",
    promise: "What cannot be brought back is done only after its name was typed.",
    source: "issue L",
  },
  {
    id: "web:trust:reviewed-and-let-in",
    promise:
      "A version in quarantine is read beside the active one, with what it may newly do, before it is let in.",
    source: "issue L",
  },
  {
    id: "web:audit:filtered-and-verified",
    promise: "The record of changes is filtered by its address, and judged to its end, on its page.",
    source: "issue L",
  },
  {
    id: "web:tokens:made-and-revoked",
    promise: "A token is made, shown once, and revoked, on its page.",
    source: "issue L",
  },
  {
    id: "web:viewer:offered-what-they-may",
    promise:
      "Who may only look is offered nothing that changes, and a page that they may not see says so with its code.",
    source: "issue L",
  },
  {
    id: "web:new-worker:code-and-folder",
    promise: "A worker is made in the browser, of code that is written there and of a folder.",
    source: "issue L",
  },
  {
    id: "web:webhooks:new-secret",
    promise: "A webhook is given a new secret on its worker's page, which shows it once.",
    source: "issue L",
  },
  {
    id: "web:members:invited-and-taken-back",
    promise: "Somebody is invited on the page of members, and the invitation taken back.",
    source: "issue L",
  },
  {
    id: "web:deployment:page-left-open",
    promise:
      "A page that was open while the server was brought up to date says what it misses, and the rest of the app stays.",
    source: "issue L",
  },
  {
    id: "web:worker:evaluations",
    promise: "A worker's page shows its evaluations, their cases, and what got worse between two.",
    source: "Issue M: the workshop",
  },
  {
    id: "web:preferences:durable",
    promise: "What somebody has starred and saved is found in each of their browsers, and by nobody else.",
    source: "issue L",
  },
  {
    id: "web:store:tables-listed",
    promise: "The tables of a store are listed on its page, and looked into at a press.",
    source: "issue L",
  },
  {
    id: "web:approvals:filtered-by-worker",
    promise: "Approvals are filtered by the worker that asks, by the address.",
    source: "issue L",
  },
  {
    id: "web:new-worker:gallery",
    promise: "A worker is made of a template by keyboard alone, under a name that no worker has yet.",
    source: "issue L",
  },
  {
    id: "web:new-worker:dropped-and-pasted",
    promise: "A worker is made of files that are dropped, and of a SKILL.md that is pasted.",
    source: "issue L",
  },
  {
    id: "web:runs:saved-views",
    promise: "A list of runs is saved under a name, found again in another browser, and forgotten.",
    source: "issue L",
  },
  {
    id: "web:workers:stars",
    promise: "Workers that somebody has starred stand first, in each of their browsers.",
    source: "issue L",
  },
  {
    id: "web:reports:drawn-and-told",
    promise: "When runs are made and how long they take is drawn, and told as a table.",
    source: "issue L",
  },
  {
    id: "web:topology:drawn-and-told",
    promise: "Who calls what is drawn, told as a table, and narrowed to one worker.",
    source: "issue L",
  },
  {
    id: "web:notices:when-permitted",
    promise:
      "A browser that was allowed to tells of a new approval once, and leads to it; one that was not tells nothing.",
    source: "issue L",
  },
  {
    id: "web:memory:rules-and-learnings",
    promise:
      "An agent is given rules and they are taken back on its page, where what it has learned is reviewed.",
    source: "issue L",
  },
  {
    id: "web:live-log:only-in-sight",
    promise: "A tab that nobody sees holds no stream of a run, and goes on where it was when it is seen.",
    source: "issue L",
  },
  {
    id: "web:log:200000-lines",
    promise:
      "A log of 200,000 lines is scrolled and searched to its last line, with no more lines on the page than are in sight.",
    source: "issue L",
  },
  {
    id: "web:table:100000-rows",
    promise:
      "A table of 100,000 rows is opened, scrolled, sorted and searched, with no more rows on the page than are in sight.",
    source: "issue L",
  },
  {
    id: "web:run:one-stream-a-tab",
    promise:
      "A tab that shows a run asks for its record when it opens and when it ends, and follows one stream; nothing else, however many tabs there are.",
    source: "issue L",
  },
  {
    id: "web:deployment:new-kinds",
    promise: "A page that was open while a server came that tells more goes on showing a run to its end.",
    source: "issue L",
  },
  {
    id: "web:sessions:begun-noted-ended",
    promise: "A work session is begun, written in, ended and deleted in the browser.",
    source: "issue L",
  },
  {
    id: "web:settings:templates-and-imports",
    promise:
      "Templates of sandboxes are made, changed and deleted in the browser, and an archive of a workspace is taken over there.",
    source: "issue L",
  },
  {
    id: "web:members:caps",
    promise: "How much a member may spend is shown and set on the page of members.",
    source: "issue L",
  },
  {
    id: "web:queries:explored",
    promise:
      "A query worker is asked on its page again and again, and what it answers stands below the question, as a table and as bars.",
    source: "issue L",
  },
  {
    id: "web:states:broken-is-told",
    promise: "Every page tells of a server that fails or is not there, with a way to try again.",
    source: "issue L",
  },
  {
    id: "web:states:long-names",
    promise: "Names as long as they may be make no page wider than its screen.",
    source: "issue L",
  },
];
