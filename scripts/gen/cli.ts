import { renderCliReference } from "../../cli/reference.ts";
import { generatedNote, type Generator } from "./generator.ts";

export const cliPage: Generator = {
  file: "docs/reference/cli.md",
  render: async () => `${generatedNote("cli/specs/")}\n\n${renderCliReference()}`,
};
