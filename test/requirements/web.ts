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
];
