import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, inject, test } from "vitest";
import { routes } from "#contract/routes";
import { findStartTicks, listGroup } from "../../scripts/local/process-table.ts";
import { startFloom } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";
import { connect } from "./story.ts";

const rootDir = resolve(import.meta.dirname, "..", "..");

test("the ready line stands alone, once, when the edge answers; the token is for the owner's eyes", async () => {
  verifies("e2e:start:ready-line", "e2e:start:owner-token");
  const floom = inject("floom");
  expect(floom.lines.filter((line) => line.startsWith("ready"))).toEqual([`ready ${floom.url}`]);
  expect((await fetch(new URL("/api/health", floom.url))).status).toBe(200);
  expect(statSync(join(floom.home, "token")).mode & 0o777).toBe(0o600);
  expect((await fetch(new URL("/api/workers", floom.url))).status).toBe(401);
});

test("everything listens on this machine's own address only", () => {
  verifies("e2e:start:loopback-only");
  const { home } = inject("floom");
  const pids = ["edge", "sandbox"].flatMap((name) =>
    listGroup(Number(readFileSync(join(home, "run", `${name}.pid`), "utf8"))),
  );
  expect(pids.length).toBeGreaterThan(1);
  // Column 2 is the local address in hexadecimal, little endian; state 0A is listening.
  const open = pids.flatMap((pid) =>
    ["tcp", "tcp6"].flatMap((family) => readFileSync(`/proc/${pid}/net/${family}`, "utf8").split("\n")),
  );
  const { port } = new URL(inject("floom").url);
  const hexPort = Number(port).toString(16).toUpperCase().padStart(4, "0");
  const listeners = open
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === "0A" && columns[1]?.endsWith(`:${hexPort}`));
  expect(new Set(listeners.map((columns) => columns[1]))).toEqual(new Set([`0100007F:${hexPort}`]));
});

test("a second instance on the same home, and one on a taken port, are refused with what to do", async () => {
  verifies("e2e:start:one-per-home", "e2e:start:port-taken");
  const { url, home } = inject("floom");
  const onSameHome = await runUp({ FLOOM_HOME: home, PORT: "0" });
  expect(onSameHome).toMatchObject({
    code: 1,
    output: expect.stringContaining("Floom is running already on"),
  });
  const { port } = new URL(url);
  const other = await startFloom({ seed: false });
  await other.stop();
  const onSamePort = await runUp({ FLOOM_HOME: other.home, PORT: port });
  expect(onSamePort).toMatchObject({ code: 1, output: expect.stringContaining(`Port ${port} is taken`) });
});

test("Ctrl-C ends every child, and a second start on the same state finds everything again", async () => {
  verifies("e2e:start:ctrl-c", "e2e:start:finds-everything-again");
  const first = await startFloom();
  const { edge, sandbox } = first.pids();
  const workers = await connect(first).call(routes.listWorkers, {});
  await first.interrupt();
  expect([findStartTicks(edge), findStartTicks(sandbox), ...listGroup(edge)]).toEqual([undefined, undefined]);

  const second = await startFloom({ home: first.home });
  try {
    const again = await connect(second).call(routes.listWorkers, {});
    expect(again.map(({ id, version }) => ({ id, version }))).toEqual(
      workers.map(({ id, version }) => ({ id, version })),
    );
    expect(second.token).toBe(first.token);
  } finally {
    await second.stop();
    await first.stop();
  }
});

async function runUp(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(rootDir, "scripts", "up.ts")], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((done) => {
    child.once("close", (code) => done({ code, output }));
  });
}
