import { defineCommand } from "../../command.ts";

export const initSpec = defineCommand({
  name: "init",
  summary: "Make a new worker's folder from a template",
  description:
    "Writes worker.yml, the script and a README, and says what to do next. Existing files are never replaced.",
  args: {
    dir: {
      description: "Folder to make; its name becomes the worker's name.",
      required: true,
      complete: "folders",
    },
  },
  options: {
    template: {
      kind: "value",
      flags: "-t, --template <name>",
      description: "Language to start with: python (default), node or shell.",
      choices: ["python", "node", "shell"],
    },
    name: {
      kind: "value",
      flags: "--name <name>",
      description: "Name of the worker, when the folder's does not fit.",
    },
  },
  json: true,
  examples: [
    { line: "floom init my-worker", does: "Start a Python worker." },
    { line: "floom init reports/daily --template node --name daily-report", does: "Start a Node worker." },
  ],
});

export const doctorSpec = defineCommand({
  name: "doctor",
  summary: "Check that everything is in place, and say what is not",
  description:
    "Also says what the workspace stores, for how long, and what goes when; see `floom retention`.",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom doctor", does: "Check server, token, sandboxes and this machine." }],
});

export const whoamiSpec = defineCommand({
  name: "whoami",
  summary: "Say which workspace the token stands for",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom whoami", does: "Show workspace, scopes and server." }],
});

export const completionSpec = defineCommand({
  name: "completion",
  summary: "Print a completion script for your shell",
  args: { shell: { description: "bash, zsh or fish.", required: true, complete: ["bash", "zsh", "fish"] } },
  options: {},
  json: false,
  examples: [
    { line: 'eval "$(floom completion bash)"', does: "Put this into ~/.bashrc." },
    { line: 'eval "$(floom completion zsh)"', does: "Put this into ~/.zshrc." },
    { line: "floom completion fish > ~/.config/fish/completions/floom.fish", does: "Install it for fish." },
  ],
});
