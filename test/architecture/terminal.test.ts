import { expect, it } from "vitest";
import { isTestFile, readSources } from "../../scripts/house/source-tree.ts";

/** The gate, the line it draws in place, and the two files that hand it the process's own streams. */
const gate = /^cli\/(?:output\/(?:output|live-line)|process-host|main)\.ts$/;
const writing =
  /\b(?:stdout|stderr)\.write|\bwriteBytes\b|\bstdin\.ask\b|\bprocess\.std(?:out|err)\b|\bconsole\./;

it("no command writes to the terminal but through cli/output/output.ts, which lets nothing act there", () => {
  const writers = readSources()
    .filter(({ path }) => path.startsWith("cli/") && !isTestFile(path) && !gate.test(path))
    // The host is the interface that a test stands in for; it writes nothing.
    .filter(({ path, text }) => path !== "cli/host.ts" && writing.test(text))
    .map(({ path }) => path);
  expect(writers, `${writers.join("\n")}\nSay it through context.output.`).toEqual([]);
});
