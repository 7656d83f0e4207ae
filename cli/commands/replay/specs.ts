import { defineCommand } from "../../command.ts";
import { run, timeout } from "../arguments.ts";

export const replaySpec = defineCommand({
  name: "replay",
  summary: "Run an ended run again and follow it to its end",
  description: [
    "The same inputs on the same version, unless told otherwise; --input changes single inputs as for `floom run`.",
    "With --dry nothing leaves the sandbox: it reaches no network but the platform, calls of other workers are answered by what they gave the first time, and the script finds FLOOM_DRY_RUN=1.",
  ].join("\n\n"),
  args: { run },
  options: {
    active: {
      kind: "flag",
      flags: "--active",
      description: "On the active version instead of the run's own.",
    },
    input: {
      kind: "list",
      flags: "-i, --input <name=value>",
      description: "Another value for an input; may be given several times.",
    },
    dry: { kind: "flag", flags: "--dry", description: "Let no side effect out." },
    compare: {
      kind: "flag",
      flags: "--compare",
      description: "Show the difference to the first run at the end.",
    },
    wait: {
      kind: "switch",
      flags: "--wait",
      description: "Follow the run to its end (default); --no-wait answers as soon as it is on the record.",
    },
    timeout,
  },
  json: true,
  examples: [
    { line: "floom replay run_01j9...", does: "Run it again." },
    { line: "floom replay run_01j9... --active --compare", does: "See what the newest version makes of it." },
    {
      line: "floom replay run_01j9... --input name=Grace --dry",
      does: "Try another input without side effects.",
    },
  ],
});

export const resumeSpec = defineCommand({
  name: "runs resume",
  summary: "Go on with a pipeline's run where it failed, and follow it to its end",
  description:
    "A new run on the same version that takes over what completed, and begins the rest: from the first stage that did not complete, or from --from and all that waits for it.",
  args: { run },
  options: {
    from: {
      kind: "value",
      flags: "--from <stage>",
      description: "The stage to begin again with; without it the first that did not complete.",
    },
    inputs: {
      kind: "value",
      flags: "--inputs <json>",
      description: "Other inputs of that stage, as a JSON object; null takes one away.",
    },
    wait: replaySpec.options.wait,
    timeout: replaySpec.options.timeout,
  },
  json: true,
  examples: [
    { line: "floom runs resume run_01j9...", does: "Try again what failed." },
    {
      line: "floom runs resume run_01j9... --from summarise",
      does: "Do one stage and what reads it once more.",
    },
    {
      line: `floom runs resume run_01j9... --from summarise --inputs '{"length": 100}'`,
      does: "Do it with another input.",
    },
  ],
});
