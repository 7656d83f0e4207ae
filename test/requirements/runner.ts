import type { Requirement } from "../requirements.ts";

const POINT_5 = "Issue A, point 5: the runner";
const CONTRACT = "Product page, 'Script contract'";
const BAD_INPUT = "Issue A, 'Bad input'";
const MUST_SHOW = "Issue A, 'Must show'";

/** What the program inside the sandbox promises to scripts, and to the edge. */
export const requirements: Requirement[] = [
  {
    id: "runner:script:work-directory",
    promise: "A script finds its bundle, inputs.json and its input files in the work directory.",
    source: CONTRACT,
  },
  {
    id: "runner:script:bad-bundle",
    promise: "A bundle that is damaged, holds a link or climbs out of the work directory starts no script.",
    source: BAD_INPUT,
  },
  {
    id: "runner:script:environment",
    promise: "A script's environment names the run and holds its declared secrets.",
    source: CONTRACT,
  },
  {
    id: "runner:script:shell-and-node",
    promise: "Node and shell workers run with the same files as Python workers.",
    source: POINT_5,
  },
  {
    id: "runner:start:second-start-does-nothing",
    promise: "Starting the runner again for the same attempt does not run the script again.",
    source: "Product page, promise 2: nothing runs twice",
  },
  {
    id: "runner:log:secrets-redacted",
    promise: "Secret values of six characters or more leave the sandbox as *** in log, errors and outputs.",
    source: "Product page, promise 5",
  },
  {
    id: "runner:log:whole-lines-in-order",
    promise: "Log lines arrive whole, in the order of their stream, with its level.",
    source: POINT_5,
  },
  {
    id: "runner:log:partial-line-shown",
    promise: "A line without an end is shown while the script goes on.",
    source: POINT_5,
  },
  {
    id: "runner:log:invalid-utf8",
    promise: "Invalid UTF-8 and NUL are replaced, and nothing around them is lost.",
    source: BAD_INPUT,
  },
  {
    id: "runner:log:long-lines-split",
    promise: "A line over the limit is split between characters and never within a secret.",
    source: BAD_INPUT,
  },
  {
    id: "runner:log:200-mb",
    promise: "Of 200 MB of output the head and the tail are kept, and a line says how much is missing.",
    source: BAD_INPUT,
  },
  {
    id: "runner:log:million-lines",
    promise: "A million one-byte lines are recorded whole in few entries.",
    source: BAD_INPUT,
  },
  {
    id: "runner:result:none-needed",
    promise: "A script that exits 0 without result.json succeeds when nothing it declares is missing.",
    source: CONTRACT,
  },
  {
    id: "runner:result:guarded",
    promise: "A value that cannot arrive as it is fails the run once, as the script's own, and is named.",
    source: BAD_INPUT,
  },
  {
    id: "runner:end:names-the-exception",
    promise:
      "The failure of a script that raised is its exception, in Python and Node, not the last line it wrote.",
    source: BAD_INPUT,
  },
  {
    id: "runner:end:blame-by-evidence",
    promise: "A run fails for memory or disk on evidence alone, not for words in what a script wrote.",
    source: BAD_INPUT,
  },
  {
    id: "runner:end:survives-its-script",
    promise:
      "A script that ends Python processes by name, or deletes all of its home, does not end the program that watches over it.",
    source: BAD_INPUT,
  },
  {
    id: "runner:result:literal-file",
    promise: "Text or JSON that a script gives for a declared file is written to the file's path.",
    source: CONTRACT,
  },
  {
    id: "runner:result:file-rules",
    promise:
      "A declared file that is empty, no JSON, or lacks declared keys or columns fails the run by name.",
    source: CONTRACT,
  },
  {
    id: "runner:result:not-the-bundles",
    promise: "result.json and declared files that came with the bundle are no result of a run.",
    source: BAD_INPUT,
  },
  {
    id: "runner:call:harmless-set-up",
    promise:
      "run(inputs, context) is called although the file sets up a logger or prints, or the log says why not.",
    source: CONTRACT,
  },
  {
    id: "runner:call:own-module-names",
    promise: "A worker may have modules that are named like standard ones.",
    source: BAD_INPUT,
  },
  {
    id: "runner:call:context",
    promise: "The context logs and gives secrets, connections and outputs, by key and by attribute.",
    source: CONTRACT,
  },
  {
    id: "runner:result:missing",
    promise: "A script that ends without its declared outputs fails with missing_result and their names.",
    source: BAD_INPUT,
  },
  {
    id: "runner:result:invalid",
    promise:
      "A result.json that is no JSON object, or whose outputs are none, ends the run as failed with its reason.",
    source: CONTRACT,
  },
  {
    id: "runner:result:too-large",
    promise: "A result.json over the limit is output_too_large.",
    source: CONTRACT,
  },
  {
    id: "runner:result:output-missing",
    promise: "A result without a required output fails and names the output.",
    source: "Issue A, point 10: the broken family",
  },
  {
    id: "runner:result:reported-error",
    promise: "A worker's own error and error code are passed on, and cannot pose as the platform's.",
    source: CONTRACT,
  },
  {
    id: "runner:result:large-outputs",
    promise: "Outputs too large for the journal are uploaded as result.json.",
    source: POINT_5,
  },
  {
    id: "runner:files:artifacts",
    promise: "Files listed as artifacts are kept with name, type, size and digest.",
    source: CONTRACT,
  },
  {
    id: "runner:files:no-escape",
    promise: "A file outside the work directory, or a link out of it, is never handed over.",
    source: BAD_INPUT,
  },
  {
    id: "runner:files:limits",
    promise: "Files over the size or number limits are refused or left out, and the log says so.",
    source: BAD_INPUT,
  },
  {
    id: "runner:files:before-result",
    promise: "Files are handed over before the result is posted, and retried until they are.",
    source: POINT_5,
  },
  {
    id: "runner:end:exit-code",
    promise: "A non-zero exit is an execution error with the exit code and the last line of standard error.",
    source: BAD_INPUT,
  },
  {
    id: "runner:end:invalid-worker",
    promise: "A command or entry that cannot be started is an invalid worker.",
    source: CONTRACT,
  },
  {
    id: "runner:end:out-of-memory",
    promise: "Running out of memory is sandbox_oom.",
    source: "Issue A, point 10: the broken family",
  },
  {
    id: "runner:end:disk-full",
    promise: "A full disk is disk_full, and the record of it still arrives.",
    source: BAD_INPUT,
  },
  {
    id: "runner:end:timeout",
    promise: "The time limit ends the script and every process it started.",
    source: "Issue A, point 10: the broken family",
  },
  {
    id: "runner:end:child-outlives-script",
    promise: "A child that outlives the script is ended with it, and the run goes on to its result.",
    source: BAD_INPUT,
  },
  {
    id: "runner:journal:posted-live",
    promise: "The journal reaches the edge while the script runs.",
    source: POINT_5,
  },
  {
    id: "runner:journal:survives-edge-away",
    promise: "When the edge dies and comes back, every log line arrives exactly once and in order.",
    source: MUST_SHOW,
  },
  {
    id: "runner:journal:retries",
    promise: "Broken connections and errors of the edge are retried.",
    source: POINT_5,
  },
  {
    id: "runner:journal:follows-the-edge",
    promise: "The runner goes on from the offset that the edge names.",
    source: POINT_5,
  },
  {
    id: "runner:journal:heartbeat",
    promise: "The runner shows a sign of life when there is nothing to say.",
    source: POINT_5,
  },
  {
    id: "runner:journal:stop-is-proven",
    promise:
      "A script is stopped only on a word that proves to be Floom's; any other answer means to ask again.",
    source: "Product page, promise 2: nothing runs twice",
  },
  {
    id: "runner:journal:result-never-dropped",
    promise:
      "A result that cannot be taken ends the attempt once, as the script's own failure with the place.",
    source: "Product page, promise 2: nothing runs twice",
  },
  {
    id: "runner:journal:stop",
    promise:
      "When the edge says stop, or no longer knows the attempt, the script is ended and nothing more is sent.",
    source: POINT_5,
  },
  {
    id: "runner:journal:through-proxy",
    promise: "Requests go through the proxy that the environment names, to loopback addresses too.",
    source: "Issue A, point 3: network",
  },
  {
    id: "runner:module:log",
    promise: "floom.log writes log lines with a level, in order with what the script prints.",
    source: POINT_5,
  },
  {
    id: "runner:module:progress",
    promise: "floom.progress reports how far a run is, cheaply, and its last word always arrives.",
    source: POINT_5,
  },
  {
    id: "runner:module:artifact",
    promise: "floom.artifact keeps a file with the run and refuses at once what it cannot keep.",
    source: POINT_5,
  },
  {
    id: "runner:module:approve",
    promise:
      "floom.approve ends the run with a question and returns in the run that follows an approval; nobody but the worker's own rule makes it return.",
    source: "issue F, point 4",
  },
  {
    id: "runner:module:facts",
    promise: "floom gives inputs, declared secrets and facts about the run.",
    source: POINT_5,
  },
  {
    id: "runner:module:laptop",
    promise: "A script that uses floom runs outside a sandbox too.",
    source: POINT_5,
  },
  {
    id: "runner:call:run-function",
    promise: "run(inputs, context) is called and what it returns becomes the outputs.",
    source: POINT_5,
  },
  {
    id: "runner:call:traceback",
    promise: "An exception in run() shows the author's own traceback.",
    source: POINT_5,
  },
  {
    id: "runner:call:only-when-idle",
    promise: "A file that does anything by itself when imported is run as a script.",
    source: CONTRACT,
  },
  {
    id: "runner:install:local-wheel",
    promise: "requirements.txt with a wheel in the bundle installs with no network.",
    source: "Issue A, point 10: local-wheel",
  },
  { id: "runner:install:npm", promise: "package.json is installed with npm.", source: POINT_5 },
  {
    id: "runner:install:cached",
    promise: "Installed dependencies are kept per version, by the digest of its bundle.",
    source: POINT_5,
  },
  {
    id: "runner:dependencies:no-poison",
    promise:
      "Nothing that a run does changes what another run imports, be it of the same version or of another one.",
    source: "Issue D, point 6",
  },
  {
    id: "runner:dependencies:built-apart",
    promise:
      "A version's dependencies are built in a sandbox of their own, which holds its bundle and no input, secret or token.",
    source: "Issue D, point 6",
  },
  {
    id: "runner:dependencies:built-once",
    promise: "Runs of a version that start at once wait for one build, and see what it wrote in their logs.",
    source: "Issue D, point 6",
  },
  {
    id: "runner:install:cache-trouble-harmless",
    promise: "Trouble with kept dependencies never fails a run.",
    source: POINT_5,
  },
  {
    id: "runner:install:pinned",
    promise:
      "What a version's first build installed is kept with the version, and is what a later build installs.",
    source: "issue: typed functions",
  },
  {
    id: "runner:install:failed",
    promise: "Dependencies that cannot be installed fail the run with the installer's own words.",
    source: CONTRACT,
  },
  {
    id: "runner:typed:called-and-answered",
    promise:
      "A typed function gets its inputs in its own types; an object's keys, else `result`, are its outputs.",
    source: "design: typed functions",
  },
  {
    id: "runner:typed:async-and-streams",
    promise: "An asynchronous function is awaited, and one that hands back piece by piece gives a list.",
    source: "design: typed functions",
  },
  {
    id: "runner:typed:told-while-it-runs",
    promise:
      "What a generator function yields is shown while it runs: the newest, bounded, a text where the hint says so; the list is the result.",
    source: "design: typed functions",
  },
  {
    id: "runner:typed:found-by-name",
    promise: "An action is found by the name that its decorator gives it, else by the function's own.",
    source: "design: typed functions",
  },
  {
    id: "runner:typed:files",
    promise: "Files, images and tables are objects with a path, a name and a kind, coming in and going out.",
    source: "design: typed functions",
  },
  {
    id: "runner:typed:javascript",
    promise:
      "An exported function of JavaScript gets its inputs as its JSDoc says, and what it returns becomes outputs.",
    source: "design: typed functions",
  },
];
