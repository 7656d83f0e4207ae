import type { Requirement } from "../requirements.ts";

const interfaces = "issue A, Interfaces that others script against";
const point8 = "issue A, point 8";

export const requirements: Requirement[] = [
  {
    id: "cli:run:json-is-one-document",
    promise:
      "floom run --json waits and prints the run as one JSON document on standard output, nothing else.",
    source: interfaces,
  },
  {
    id: "cli:run:no-wait-answers-at-once",
    promise: "floom run --no-wait prints the run as soon as it is on the record.",
    source: interfaces,
  },
  {
    id: "cli:run:inputs-from-files",
    promise: "An input name=@path uploads the file for a file input and reads it for any other.",
    source: point8,
  },
  {
    id: "cli:run:interrupt-leaves-the-run",
    promise: "Ctrl-C stops following, says that the run goes on and how to cancel it, and exits 130.",
    source: "house.md, CLI exit codes",
  },
  {
    id: "cli:follow:goes-on-after-the-last-event",
    promise: "Following a run survives a broken connection and shows every line exactly once.",
    source: "house.md, Follow",
  },
  {
    id: "cli:runs:logs-print-the-script-alone",
    promise: "floom runs logs prints the script's lines and nothing else.",
    source: interfaces,
  },
  {
    id: "cli:config:finds-server-and-token",
    promise:
      "Server and token come from FLOOM_API_URL and FLOOM_TOKEN, else FLOOM_HOME, else the config file.",
    source: interfaces,
  },
  {
    id: "cli:config:token-stays-with-its-server",
    promise: "A token that was found is never sent to a server it was not found with, and never printed.",
    source: "issue A, point 7; feel.md 6",
  },
  {
    id: "cli:exit:codes",
    promise:
      "The exit code says what happened: 0, 1 run failed, 2 usage, 3 auth, 4 not found, 5 conflict, 6 unavailable, 130.",
    source: "house.md, Errors",
  },
  {
    id: "cli:errors:problem-document-in-json-mode",
    promise: "With --json every error is one problem document on standard error.",
    source: point8,
  },
  {
    id: "cli:push:shows-manifest-errors-with-their-line",
    promise: "A refused push shows every manifest error with file, line, column, code, cause and fix.",
    source: "issue A, Bad input",
  },
  {
    id: "cli:push:no-overwrite-of-others",
    promise: "A push is refused when somebody else pushed since this folder was last pushed or pulled.",
    source: "contract/workers/routes.ts, base_version",
  },
  {
    id: "cli:bundle:no-link-out",
    promise: "A folder with a symbolic link that leads out of it is refused, and no link is followed.",
    source: "product.md, A worker: bundle",
  },
  {
    id: "cli:bundle:same-files-same-bytes",
    promise: "The same files give the same zip, whatever their times and modes.",
    source: "product.md, A worker: bundle",
  },
  {
    id: "cli:bundle:limits-before-upload",
    promise: "A folder over a limit is refused before anything is sent, naming every file concerned.",
    source: "issue A, Bad input",
  },
  {
    id: "cli:output:plain-when-not-a-terminal",
    promise: "Spinner and colours appear only on a terminal; NO_COLOR, FORCE_COLOR and CI are respected.",
    source: point8,
  },
  {
    id: "cli:completion:commands-flags-and-names",
    promise:
      "Shell completion offers commands, flags and names of workers, by scripts that the shells accept.",
    source: point8,
  },
  {
    id: "cli:help:examples",
    promise: "--help of every command shows examples.",
    source: point8,
  },
  {
    id: "cli:init:next-steps",
    promise: "floom init makes a folder that can be pushed, replaces nothing, and says what to do next.",
    source: point8,
  },
  {
    id: "cli:doctor:says-what-is-missing",
    promise: "floom doctor says what is missing and how to get it.",
    source: point8,
  },
  {
    id: "cli:deadletters:named-or-all",
    promise: "Failed runs are started over when they are named or when --all is said, never by accident.",
    source: "Issue B, point 11",
  },
  {
    id: "cli:save:never-more-than-files-in-the-folder",
    promise:
      "Files of a run or a worker are saved below the folder named, hide nothing, follow no link and replace nothing unasked.",
    source: "issue D, item 7",
  },
  {
    id: "cli:output:nothing-acts-on-the-terminal",
    promise:
      "No text of a script, a manifest or a server does anything on the terminal but show; JSON escapes what would.",
    source: "issue D, item 7",
  },
  {
    id: "cli:login:device",
    promise: "floom login shows where a person decides, waits for them, and says what came of it.",
    source: "docs/how-to/tokens.md",
  },
  {
    id: "cli:login:token-never-shown",
    promise:
      "A sign-in's token is never printed, never taken from the arguments, and never sent without TLS over a network.",
    source: "docs/how-to/tokens.md",
  },
  {
    id: "cli:logout:revokes",
    promise:
      "floom logout revokes the token at its server, forgets it here in any case, and says when it could not be revoked.",
    source: "docs/how-to/tokens.md",
  },
  {
    id: "cli:servers:several",
    promise: "Several sign-ins are kept by name, and commands use the one that was chosen.",
    source: "docs/how-to/tokens.md",
  },
  {
    id: "cli:servers:kept-privately",
    promise: "The file of sign-ins can be read by its owner alone, and is written as a whole or not at all.",
    source: "docs/how-to/tokens.md",
  },
  {
    id: "cli:workspaces:use",
    promise:
      "Another workspace is used by its name, with a token of its own that is got once, kept privately and never shown.",
    source: "docs/how-to/workspaces.md",
  },
  {
    id: "cli:tokens:printed-once",
    promise:
      "A new token is printed once, alone on standard output; what may be a token among the arguments is neither sent nor repeated.",
    source: "docs/how-to/tokens.md",
  },
];
