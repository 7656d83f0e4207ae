import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/how-to/share.md";

/** What strangers see of a workspace, and what they never see. */
export const requirements: Requirement[] = [
  {
    id: "shares:link:one-answer",
    promise:
      "A link that was revoked, is over, has started all its runs, or never was, is answered alike: nothing runs, nothing is told.",
    source: SOURCE,
  },
  {
    id: "shares:link:shown-once",
    promise: "The token of a link stands in the answer that makes it and in no table, list or record.",
    source: SOURCE,
  },
  {
    id: "shares:visitor:own-runs-alone",
    promise:
      "A visitor starts runs of the one worker that a link leads to, and reads the runs of their own browser alone.",
    source: SOURCE,
  },
  {
    id: "shares:visitor:nothing-inside",
    promise:
      "A visitor sees outputs, files and progress: no inputs of others, no log, no error's text, no version, no secret.",
    source: SOURCE,
  },
  {
    id: "shares:visitor:paced",
    promise: "A link starts no more runs than its cap, and no more in an hour than it, or one visitor, may.",
    source: SOURCE,
  },
  {
    id: "shares:app:states",
    promise:
      "A page opens to whom its state says: nobody, whoever has a link, a password or an invited address, or everybody.",
    source: SOURCE,
  },
  {
    id: "shares:app:password-guarded",
    promise: "Passwords of a page are tried a few times a minute and no more, and are kept as slow hashes.",
    source: SOURCE,
  },
  {
    id: "shares:copy:never-secrets",
    promise: "A copy of a shared worker is made where its link says so, and has its files and nothing else.",
    source: SOURCE,
  },
  {
    id: "shares:page:address-kept",
    promise: "The address that a deploy tells of is the worker's page from then on; no other page gets it.",
    source: "issue: public pages",
  },
  {
    id: "shares:link:results-end-with-it",
    promise: "A link that is revoked takes the links to results along that its visitors made.",
    source: "issue: public pages",
  },
  {
    id: "shares:page:no-script",
    promise: "The form of a page is in its HTML, and starts runs and shows results without JavaScript.",
    source: SOURCE,
  },
  {
    id: "shares:page:stranger",
    promise:
      "Whoever has a link runs the app, watches the run and passes its result on; by keyboard alone and without JavaScript as well.",
    source: SOURCE,
  },
  {
    id: "shares:page:accessible",
    promise:
      "A page has no fault that axe finds, in light and in dark, and needs no sideways scrolling on a phone or at 200 %.",
    source: SOURCE,
  },
  {
    id: "shares:page:hostile-outputs",
    promise:
      "What a worker puts out is shown without running: script in Markdown, HTML and SVG, names of files, direction marks.",
    source: SOURCE,
  },
  {
    id: "shares:page:embedded-where-allowed",
    promise: "A page is shown in frames of the sites that its owner names, and of no other.",
    source: SOURCE,
  },
  {
    id: "shares:page:all-kinds",
    promise:
      "Every kind of field works on a page of strangers, with scripts and without: lists get more rows, examples and addresses fill it in.",
    source: "design: public app pages",
  },
];
