import { defineCommand } from "../../command.ts";

export const importGatewaySpec = defineCommand({
  name: "gateway import",
  summary: "Make workers of a LOOM or Heddle MCP gateway's YAML, and say what cannot be one",
  description: [
    "Writes a folder for each worker, pipeline, query source and council that the file lists, and says of each entry whether it is kept, converted or refused; what is not carried over is named with its file and line.",
    "Configurations are read from the gateway's folder, the two above it, and this one; nothing outside of them is. No code of the gateway is run.",
    "Ends with 2 where an entry is refused; all others are written all the same.",
  ].join("\n\n"),
  args: {
    file: {
      description: "The gateway's YAML, or an app's manifest.yaml.",
      required: true,
      complete: "files",
    },
  },
  options: {
    out: {
      kind: "value",
      flags: "-o, --out <dir>",
      description: "Folder to write to; the gateway's name when left out.",
    },
    model: {
      kind: "list",
      flags: "--model <tier=model>",
      description:
        "The model for a tier, e.g. standard=anthropic/claude-sonnet-4-6; may be given several times.",
    },
    stubs: {
      kind: "flag",
      flags: "--stubs",
      description:
        "Make a folder also of a worker whose code is elsewhere; its script fails and says what it lacks.",
    },
    check: { kind: "flag", flags: "--check", description: "Only say what would be made; write nothing." },
    push: {
      kind: "flag",
      flags: "--push",
      description: "Push what was made; the versions wait in quarantine.",
    },
  },
  json: true,
  examples: [
    { line: "floom gateway import configs/mcp/docman.yaml --check", does: "See what becomes of it." },
    {
      line: "floom gateway import gateway.yaml --model standard=anthropic/claude-sonnet-4-6",
      does: "Write the folders, with a model for each agent of that tier.",
    },
  ],
});
