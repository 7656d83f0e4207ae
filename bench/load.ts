// `npm run load -- --rate 20 --seconds 10`: drives starts, webhooks and schedules against a Floom of its own, or with
// `--url <origin> --token <token>` against one that runs. The last line is `N accepted, N finished, N lost`; exit code 1
// when something was lost, 2 for a call that cannot be meant.
import { parseArgs } from "node:util";
import "../scripts/local/exit-with-parent.ts";
import { helpText, readLoadOptions } from "./load/options.ts";
import { buildLoadReport } from "./load/report.ts";
import { formatLoadReport } from "./load/format.ts";
import { runLoad } from "./load/run-load.ts";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "10" },
    seconds: { type: "string", default: "10" },
    workers: { type: "string", default: "1" },
    drain: { type: "string", default: "120" },
    url: { type: "string" },
    token: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<number> {
  if (values.help) {
    console.log(helpText);
    return 0;
  }
  const options = readLoadOptions(values);
  if (typeof options === "string") {
    console.error(options);
    return 2;
  }
  const report = buildLoadReport(await runLoad(options, (line) => console.error(line)));
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else console.log(formatLoadReport(report));
  return report.lost === 0 ? 0 : 1;
}

process.exitCode = await main();
