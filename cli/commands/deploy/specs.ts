import { defineCommand } from "../../command.ts";
import { worker } from "../arguments.ts";

export const deploySpec = defineCommand({
  name: "deploy",
  summary: "Turn Python functions into a page, endpoints and tools, in one call",
  description: [
    "Takes a .py or .js file, a folder, a zip, or the https address of a zip such as GitHub gives of a repository. Typed functions need no worker.yml: each public one becomes an action, and its type hints or JSDoc become the form. Deploying again makes a new version; the same files make none.",
    "Nothing of the code is run to find this out. What cannot be a form is refused with its line and what to write instead.",
    "Says where the page is, how each action is called, and which secrets are missing. The page is private until it is shared.",
  ].join("\n\n"),
  args: {
    source: {
      description: "A .py or .js file, a folder, a .zip, or the https address of a zip.",
      required: true,
      complete: "files",
    },
  },
  options: {
    name: {
      kind: "value",
      flags: "--name <name>",
      description: "What to call it; after the file or the folder when left out. worker.yml has its own.",
    },
  },
  json: true,
  examples: [
    { line: "floom deploy app.py", does: "Deploy the functions of one file." },
    { line: "floom deploy invoices/ --name invoice-splitter", does: "Deploy a folder under a name." },
    {
      line: "floom deploy https://github.com/ada/tools/archive/refs/heads/main.zip",
      does: "Deploy a public repository.",
    },
    { line: "floom deploy app.py --json | jq -r .url", does: "Print the page's address alone." },
  ],
});

export const openSpec = defineCommand({
  name: "open",
  summary: "Print the address of a worker's page, and open it in the browser",
  description: "On a terminal the page is opened; anywhere else its address is printed alone.",
  args: { worker },
  options: {},
  json: true,
  examples: [{ line: "floom open invoice-splitter", does: "Open the page of a worker." }],
});
