import http from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProductionServer } from "./production-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, shell } from "./intruder.ts";

describe("an honest script that asks for much", () => {
  let server: SandboxServer;
  let sandbox: Sandbox;
  let edge: http.Server;
  let edgeUrl: string;
  const waiting: http.ServerResponse[] = [];
  beforeAll(async () => {
    edge = http.createServer((_request, response) => void waiting.push(response));
    edge.listen(0, "127.0.0.1");
    await once(edge, "listening");
    edgeUrl = `http://127.0.0.1:${(edge.address() as AddressInfo).port}`;
    server = await startProductionServer({ edgeUrl });
    sandbox = await Sandbox.create("base", server.sdk);
  });
  afterAll(async () => {
    edge.closeAllConnections();
    edge.close();
    await server.stop();
  });

  it("has 1,000 connections at a time answered, with a sentence where there are too many", async () => {
    verifies("sandbox:limits:honest-errors");
    const program = `
import resource, selectors, time
resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
request = b"GET ${edgeUrl}/api/health HTTP/1.1\\r\\nHost: edge\\r\\n\\r\\n"
open_sockets, refused, cut = [], 0, 0
for _ in range(1000):
    s = socket.create_connection(("127.0.0.1", 3128))
    s.settimeout(20)
    try: s.sendall(request)
    except OSError: pass
    open_sockets.append(s)
    if len(open_sockets) <= 240: continue
    try:
        answer = s.recv(4096)
        refused += b" 503 " in answer and b"as many as it may have" in answer
        cut += answer == b""
    except ConnectionError: cut += 1
tell([refused, cut])`;
    const [refused, cut] = (await intrude(sandbox, program)) as [number, number];
    expect(refused + cut).toBe(760);
    expect(refused).toBeGreaterThan(50);
    for (const response of waiting.splice(0)) response.end();
    expect(await shell(sandbox, "echo the same agent answers")).toBe("the same agent answers\n");
    expect((await sandbox.getInfo()).state).toBe("running");
  });

  it("has 200 threads of Python and four workers of Node", async () => {
    verifies("sandbox:limits:honest-errors");
    const threads = `
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
together = Barrier(200)
with ThreadPoolExecutor(200) as pool: tell(sum(pool.map(lambda n: together.wait() >= 0, range(200))))`;
    expect(await intrude(sandbox, threads)).toBe(200);
    const workers =
      "const { Worker } = require('node:worker_threads'); let ended = 0;" +
      "for (let n = 0; n < 4; n++) new Worker('', { eval: true }).on('exit', (code) => { if (code === 0 && ++ended === 4) console.log('all'); });";
    expect(await shell(sandbox, `node -e "${workers}"`)).toBe("all\n");
  });

  it.each(["java -version", "perl -v", "ruby -v", "php -v", "go version"])(
    "starts what the machine has of other languages: %s",
    async (command) => {
      const [program = ""] = command.split(" ");
      const said = await shell(
        sandbox,
        `command -v ${program} > /dev/null || exit 0; ${command} > /dev/null; echo $?`,
      );
      expect(["", "0\n"]).toContain(said.replace(/^(?:openjdk|OpenJDK|Picked).*\n/gm, ""));
    },
  );

  it("is told when it has as many processes as there may be", async () => {
    verifies("sandbox:limits:honest-errors");
    const said = await shell(
      sandbox,
      `python3 -c "
import threading, time
try:
    for _ in range(400): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
except RuntimeError as error: print(error)"`,
    );
    expect(said).toContain("can't start new thread");
  });

  it("writes 500 MB and 100,000 files", async () => {
    verifies("sandbox:limits:honest-errors");
    expect(await shell(sandbox, "head -c 500000000 /dev/zero > big && stat -c %s big && rm big")).toBe(
      "500000000\n",
    );
    const program = `
os.mkdir("many")
for n in range(100_000): open("many/%d" % n, "w").close()
tell(len(os.listdir("many")))`;
    expect(await intrude(sandbox, program)).toBe(100_000);
    await shell(sandbox, "rm -r many");
  });

  it("gets an answer from sudo for whatever it asks", async () => {
    expect(await shell(sandbox, "timeout 5 sudo -h; echo $?; sudo -u root echo yes; sudo -u")).toBe(
      "0\nyes\n",
    );
  });
});
