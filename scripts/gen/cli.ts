import { renderCliReference } from "../../cli/reference.ts";
import { generatedNote } from "./generator.ts";
import type { Generator } from "./generator.ts";

export const cliPage: Generator = {
  file: "docs/reference/cli.md",
  render: async () => `${generatedNote("cli/commands/")}\n\n${renderCliReference()}`,
};
