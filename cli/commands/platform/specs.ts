import { defineCommand } from "../../command.ts";

export const doctorSpec = defineCommand({
  name: "doctor",
  summary: "Check that everything is in place, and say what is not",
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
