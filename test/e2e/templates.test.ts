import { expect, inject, it } from "vitest";
import { routes } from "#contract/routes";
import { packBundle } from "../support/runner/start-runner.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForEnd } from "./story.ts";

// A worker's own template, built by the local sandbox server: what needs no index.

const client = connect(inject("floom"));
const worker = "template-story";
const PORT = 8932;

const template = `env:
  GREETING: hello from the template
start_command: cd /tmp && exec python3 -m http.server ${PORT}
ready_command: python3 -c 'import socket; socket.create_connection(("127.0.0.1", ${PORT}))'
`;

const manifest =
  `schema_version: "0.3"\nname: ${worker}\ntitle: Template\nversion: 0.1.0\n` +
  "exec: { entry: run.py, outputs: [{ name: greeting, type: string }, { name: status, type: integer }] }\n";

const script = `import os, urllib.request

def run(inputs, context):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    answer = opener.open("http://127.0.0.1:${PORT}/", timeout=10)
    return {"greeting": os.environ["GREETING"], "status": answer.status}
`;

it("runs of a worker with a template find its variables and what it starts, and it is built once", async () => {
  verifies("templates:run:made-of-it", "templates:build:once");
  await client.call(routes.putWorkerBundle, {
    params: { worker },
    body: new Uint8Array(
      await packBundle({ "worker.yml": manifest, "run.py": script, "template.yml": template }),
    ),
    headers: { "content-type": "application/zip" },
  });
  const first = await startRun(client, worker, {});
  const second = await startRun(client, worker, {});
  for (const { id } of [first, second]) {
    const ended = await waitForEnd(client, id);
    expect(ended).toMatchObject({
      status: "completed",
      outputs: { greeting: "hello from the template", status: 200 },
    });
  }
});

const hungry = `def run(inputs, context):
    held = bytearray(inputs["mib"] * 1024 * 1024)
    for at in range(0, len(held), 4096):
        held[at] = 1
    return {"mib": len(held) // 1024 // 1024}
`;

it("a sandbox has the memory that worker.yml says, more or less than the others", async () => {
  verifies("templates:size:kept");
  const sizes = [
    {
      name: "small-sandbox",
      memory_mb: 256,
      mib: 400,
      ends: { status: "failed", error_code: "sandbox_oom" },
    },
    {
      name: "large-sandbox",
      memory_mb: 1024,
      mib: 700,
      ends: { status: "completed", outputs: { mib: 700 } },
    },
  ];
  for (const { name, memory_mb } of sizes) {
    const resources = `resources: { memory_mb: ${memory_mb}, cpu_count: 1 }`;
    const fields = "inputs: [{ name: mib, type: integer }], outputs: [{ name: mib, type: integer }]";
    const source = `schema_version: "0.3"\nname: ${name}\ntitle: Size\nversion: 0.1.0\nexec: { entry: run.py, ${resources}, ${fields} }\n`;
    await client.call(routes.putWorkerBundle, {
      params: { worker: name },
      body: new Uint8Array(await packBundle({ "worker.yml": source, "run.py": hungry })),
      headers: { "content-type": "application/zip" },
    });
  }
  const runs = await Promise.all(sizes.map(({ name, mib }) => startRun(client, name, { mib })));
  for (const [at, { ends }] of sizes.entries())
    expect(await waitForEnd(client, runs[at]?.id ?? "")).toMatchObject(ends);
});
