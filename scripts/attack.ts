// `npm run attack`: tries, as an untrusted worker and as a stranger, what nobody should be able to do, against a system
// of its own, or with `--url <origin> --token <token>` against one that runs. `--area <name>` picks (may be given
// several times), `--json` prints every attempt with its verdict, `--write` puts the counts of the areas tried into the
// table of docs/explanation/security.md.
// The last line is `N tried, N blocked, N got through`; exit code 0 only when nothing got through.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import "./local/exit-with-parent.ts";
import { areas, areaTitles } from "./attack/areas.ts";
import { knownOpen } from "./attack/known-open.ts";
import { writeDocsTable } from "./attack/model/docs-table.ts";
import { judge } from "./attack/model/judge.ts";
import type { Judged } from "./attack/model/judge.ts";
import {
  buildJson,
  countByArea,
  isThrough,
  renderTable,
  renderThrough,
  renderVerdict,
} from "./attack/model/report.ts";
import { lookEverywhere } from "./attack/look-everywhere.ts";
import { withStage } from "./attack/stage/stage.ts";

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    token: { type: "string" },
    area: { type: "string", multiple: true },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const unknown = (options.area ?? []).filter((name) => !areas.some((area) => area.name === name));
if (unknown.length > 0 || (options.url === undefined) !== (options.token === undefined)) {
  console.error(
    unknown.length > 0
      ? `There is no area ${unknown.join(", ")}. What can be chosen: ${areas.map(({ name }) => name).join(", ")}.`
      : "--url and --token go together.",
  );
  process.exit(2);
}

const chosen = areas.filter(({ name }) => options.area?.includes(name) ?? true);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const given =
  options.url !== undefined && options.token !== undefined
    ? { given: { url: new URL(options.url).origin, token: options.token } }
    : {};

const judged = await withStage({ ...given, say }, async (stage) => {
  const sightings = await lookEverywhere(stage, chosen, say);
  return chosen.flatMap(({ attempts, controls }) =>
    judge({ attempts, controls, sightings, has: stage.has, knownOpen }),
  );
});
if (options.write) await writeDocs(judged);
print(judged);
// Where nothing could be tried nothing was proved.
process.exitCode = judged.some(isThrough) || judged.every(({ verdict }) => verdict === "not_tried") ? 1 : 0;

async function writeDocs(all: readonly Judged[]): Promise<void> {
  const file = join(import.meta.dirname, "../docs/explanation/security.md");
  const text = writeDocsTable(readFileSync(file, "utf8"), countByArea(all), areaTitles);
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

function print(all: readonly Judged[]): void {
  if (options.json) return console.log(JSON.stringify(buildJson(all), null, 2));
  const counts = countByArea(all);
  const notTried = counts.reduce((sum, count) => sum + count.notTried, 0);
  const lines = [
    ...renderTable(counts),
    "",
    ...(notTried === 0
      ? []
      : [`${notTried} not tried here: they need a system of the suite's own on this machine`]),
    ...renderThrough(all),
    renderVerdict(all),
  ];
  console.log(lines.join("\n"));
}
