import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { routes } from "#contract/routes";
import { packAnyFolder } from "../../cli/bundle/bundle.ts";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";
import { sampleInTurns, timeOf } from "../harness/sample.ts";
import { startObjectWriteFloor } from "./object-write-floor.ts";

const PLAN = { rounds: 20, warmUps: 4, pauseMs: 0 };
/** Modules beside app.py. */
const MODULES = 19;
/** Lines of each, which makes it about 5 kB. */
const LINES = 100;

/**
 * A folder of twenty Python files, sent as a zip: taken apart, its functions read as actions, and kept as a new version.
 * The floor keeps the same bytes by their digest, with one row that names them.
 */
export async function measureDeployFolder({ client }: BenchFloom): Promise<Measurement[]> {
  const floor = await startObjectWriteFloor();
  const folder = mkdtempSync(join(tmpdir(), "floom-twenty-files-"));
  writeModules(folder);
  let made = 0;
  const deploy = async (zip: Uint8Array<ArrayBuffer>) => {
    const headers = { "content-type": "application/zip" };
    const query = { name: "twenty-files" };
    const { changed } = await client.call(routes.deployZip, { query, body: zip, headers });
    if (!changed) throw new Error("A folder that had changed made no new version.");
  };
  try {
    const { subject, floor: kept } = await sampleInTurns(PLAN, {
      subject: async () => {
        const zip = await packVersion(folder, (made += 1));
        return timeOf(() => deploy(zip));
      },
      floor: async () => {
        const zip = await packVersion(folder, (made += 1));
        return timeOf(() => floor.keep(zip));
      },
    });
    return [
      {
        id: "deploy_folder",
        title: "deploy a folder of 20 files",
        unit: "ms",
        samples: subject,
        floor: { title: "keep the zip, one row written", samples: kept },
        note: `${(await packVersion(folder, 0)).byteLength} bytes of zip`,
      },
    ];
  } finally {
    await floor.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes nineteen modules, which stay as they are. */
function writeModules(folder: string): void {
  const lines = Array.from({ length: LINES }, (_, at) => `LINE_${at} = "a line that says number ${at}"`);
  for (let at = 0; at < MODULES; at++)
    writeFileSync(join(folder, `part_${at}.py`), `${lines.join("\n")}\nvalue = ${at}\n`);
}

/** Packs the folder with a function that uses all of its modules; another number makes another version. */
async function packVersion(folder: string, number: number): Promise<Uint8Array<ArrayBuffer>> {
  const names = Array.from({ length: MODULES }, (_, at) => `part_${at}`);
  const app = [
    ...names.map((name) => `from ${name} import value as ${name}`),
    "",
    `def add(first: int = ${number}, second: float = 0.5) -> float:`,
    '    """Adds two numbers and what every module says."""',
    `    return first + second + ${names.join(" + ")}`,
    "",
  ].join("\n");
  writeFileSync(join(folder, "app.py"), app);
  return (await packAnyFolder(folder)).zip;
}
