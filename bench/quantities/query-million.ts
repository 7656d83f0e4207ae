import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { routes } from "#contract/routes";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";
import { sampleInTurns, timeOf } from "../harness/sample.ts";

const ROWS = 1_000_000;
const PLAN = { rounds: 8, warmUps: 2, pauseMs: 300 };
const PYTHON = "/usr/bin/python3";
const run = promisify(execFile);

/** A SQLite file of a million rows, small enough for an upload. */
const BUILD = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("create table sales(id integer primary key, country text, product integer, cents integer)")
names = ["DE", "FR", "IT", "ES", "PL", "NL", "BE", "AT"]
db.executemany("insert into sales values (?, ?, ?, ?)", ((n, names[n * 7 % 8], n * 31 % 97, n * 37 % 9973) for n in range(1, ${ROWS} + 1)))
db.commit()
`;
/** The same question by as little as Python needs for it. */
const BARE = `
import json, sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro&immutable=1", uri=True)
rows = db.execute("select country, sum(cents) as cents, count(*) as sales from sales where product < ? group by 1 order by 2 desc", (90,))
print(json.dumps([dict(zip(("country", "cents", "sales"), row)) for row in rows]))
`;

/** A sum over a million rows in groups, asked of a query worker and waited for, against a bare Python on the same file. */
export async function measureQueryMillion({ client }: BenchFloom): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "floom-million-"));
  const path = join(folder, "sales.sqlite");
  try {
    await run(PYTHON, ["-c", BUILD, path]);
    const body = new FormData();
    body.append("file", new File([await readFile(path)], "sales.sqlite"));
    const { id } = await client.call(routes.createUpload, { body });
    const { stdout } = await run(PYTHON, ["-c", BARE, path]);
    const expected: unknown = JSON.parse(stdout);
    const ask = async () => {
      const { status, outputs, error } = await client.call(routes.startRun, {
        params: { worker: "query-million" },
        query: { wait: 60 },
        json: { inputs: { file: id, product: 90 } },
      });
      if (status !== "completed" || JSON.stringify(outputs["results"]) !== JSON.stringify(expected))
        throw new Error(`A million rows were answered ${status} ${JSON.stringify(outputs)} ${error ?? ""}`);
    };
    const { subject, floor } = await sampleInTurns(PLAN, {
      subject: () => timeOf(ask),
      floor: () => timeOf(() => run(PYTHON, ["-c", BARE, path])),
    });
    return [
      {
        id: "query_million",
        title: "a sum over a million rows in groups, POST ?wait to answer",
        unit: "ms",
        samples: subject,
        floor: { title: "bare python3 on the same file", samples: floor },
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}
