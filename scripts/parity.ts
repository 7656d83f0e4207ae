// `npm run parity`: measures, through the official SDK, what a script would notice between a local sandbox and E2B's
// cloud, against a local server of its own, or against the cloud when E2B_API_KEY is set.
// The last line is `N same, N differ by design, N differ`; exit code 0 only when nothing differs.
import { parseArgs } from "node:util";
import "./local/exit-with-parent.ts";
import { buildJson, renderTable, renderVerdict } from "./parity/judge.ts";
import { measureAll } from "./parity/measure.ts";
import { openCloud, openLocal } from "./parity/open.ts";

const HELP = `npm run parity [-- --cloud | --local] [-- --json]

Compares what a script and a client of the SDK notice in a sandbox with what E2B gives.
  --local  against a local sandbox server that is started for it (the default without E2B_API_KEY)
  --cloud  against E2B's cloud, with the account of E2B_API_KEY (the default when it is set);
           it makes about twenty small sandboxes, one after the other, and ends them
  --json   prints everything that was measured

What differs by design stands in docs/explanation/sandbox.md. Exit code 0 when nothing else differs.`;

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      cloud: { type: "boolean", default: false },
      local: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (options.help) return console.log(HELP);
  const apiKey = process.env["E2B_API_KEY"] ?? "";
  if ((options.cloud && options.local) || (options.cloud && apiKey === "")) {
    console.error(options.local ? "--cloud and --local exclude each other." : "--cloud needs E2B_API_KEY.");
    process.exitCode = 2;
    return;
  }
  const isCloud = options.cloud || (apiKey !== "" && !options.local);
  const opened = isCloud ? openCloud(apiKey) : await openLocal();
  try {
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    say(`measuring ${opened.name}`);
    const judged = await measureAll(opened.place, say);
    console.log(
      options.json
        ? JSON.stringify(buildJson(judged, opened.name), null, 2)
        : [...renderTable(judged), "", renderVerdict(judged)].join("\n"),
    );
    process.exitCode = judged.some(({ verdict }) => verdict === "differs") ? 1 : 0;
  } finally {
    await opened.close();
  }
}

await main();
