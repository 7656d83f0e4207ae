import { defineCommand } from "../../command.ts";

export const generateSpec = defineCommand({
  name: "generate",
  summary: "Make a worker of an OpenAPI document: a tool for each operation",
  description: [
    "Writes a folder with worker.yml, always the same for the same document. Only operations that read become tools, unless --writes is given.",
    "Read what was made before you push it: the document's author has chosen its addresses, names and descriptions.",
  ].join("\n\n"),
  args: {},
  options: {
    openapi: {
      kind: "value",
      flags: "--openapi <url|file>",
      description: "Address or file of an OpenAPI 3 or Swagger 2 document, JSON or YAML.",
    },
    name: {
      kind: "value",
      flags: "--name <name>",
      description: "Name of the worker; after the document's title when left out.",
    },
    include: {
      kind: "list",
      flags: "--include <tag|operation>",
      description: "Only operations of this tag or id; may be repeated.",
    },
    writes: {
      kind: "flag",
      flags: "--writes",
      description: "Take operations that write and delete as well.",
    },
    push: {
      kind: "flag",
      flags: "--push",
      description: "Push it as well: its version waits in quarantine until a person promotes it.",
    },
    out: {
      kind: "value",
      flags: "--out <dir>",
      description: "Folder to make; named after the worker when left out.",
    },
  },
  json: true,
  examples: [
    {
      line: "floom generate --openapi https://petstore3.swagger.io/api/v3/openapi.json --include pet",
      does: "Make a folder of the tools of one tag.",
    },
    {
      line: "floom generate --openapi openapi.yaml --name shop --writes",
      does: "Make one of a file, with all its operations.",
    },
    {
      line: "floom generate --openapi openapi.yaml --push",
      does: "Make one, and have it wait for a review.",
    },
  ],
});
