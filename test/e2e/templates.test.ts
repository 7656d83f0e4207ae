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
