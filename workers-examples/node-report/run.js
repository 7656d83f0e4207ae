import { mkdir, readFile, writeFile } from "node:fs/promises";
import { markdownTable } from "markdown-table";

/** Reads one `name=number` of each line that is not empty; throws on a line that is something else. */
function parseMeasurements(text) {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [name, number] = line.split("=");
      const value = Number(number);
      if (number === undefined || Number.isNaN(value)) throw new Error(`not "name=number": ${line}`);
      return { name: name.trim(), value };
    });
}

const inputs = JSON.parse(await readFile("inputs.json", "utf8"));
const measurements = parseMeasurements(inputs.measurements);
const total = measurements.reduce((sum, { value }) => sum + value, 0);
console.log(`node ${process.versions.node}: ${measurements.length} measurements, total ${total}`);

const rows = [...measurements.map(({ name, value }) => [name, value]), ["total", total]];
await mkdir("out", { recursive: true });
await writeFile("out/report.md", `# ${inputs.title}\n\n${markdownTable(["Name", "Value"], rows)}\n`);
await writeFile(
  "result.json",
  JSON.stringify({ status: "success", outputs: { report: "out/report.md", total } }),
);
