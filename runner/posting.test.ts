import { createServer, request as httpRequest } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseJournal, RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

/** Prints a numbered line every few milliseconds and writes one file at the end. */
const counting = {
  files: {
    "run.py": `
import time
for n in range(60):
    print("line", n)
    time.sleep(0.01)
open("out/report.md", "w").write("# report")
`,
  },
  config: {
    output_files: [{ name: "report", path: "out/report.md", media_type: "text/markdown", required: true }],
  },
};
const COUNTED = Array.from({ length: 60 }, (_, n) => `line ${n}`);

/** Resolves when the edge's journal holds the text. */
function journalHolds(text: string): Promise<void> {
  return new Promise((resolve) => {
    lab.edge.onJournal = (journal) => {
      if (journal.includes(text)) resolve();
    };
  });
}

async function expectCompleteRecord(): Promise<void> {
  const attempt = await lab.readAttempt();
  expect(attempt.result).toMatchObject({ outcome: "success", outputs: { report: "out/report.md" } });
  expect(attempt.lines()).toEqual(COUNTED);
  expect(lab.edge.files.get("out/report.md")?.body.toString()).toBe("# report");
}

describe("the journal", () => {
  it("reaches the edge while the script runs, in few posts", async () => {
    verifies("runner:journal:posted-live");
    const waiting = `
import os, time
print("line 0")
while not os.path.exists("seen"): time.sleep(0.01)
for n in range(1, 60): print("line", n)
open("out/report.md", "w").write("# report")
`;
    await lab.prepare({ ...counting, files: { "run.py": waiting } });
    const first = journalHolds("line 0");
    const runner = lab.start();
    await first;
    expect(lab.edge.journal.toString()).not.toContain("line 1");
    await writeFile(join(lab.workDir, "seen"), "");
    await runner.exited;
    await expectCompleteRecord();
    expect(lab.edge.posts.length).toBeLessThan(25);
  });

  it("is whole, every line once, when the edge dies and comes back", async () => {
    verifies("runner:journal:survives-edge-away");
    await lab.prepare(counting);
    const some = journalHolds("line 10");
    const runner = lab.start();
    await some;
    await lab.edge.stop();
    while (!(await readFile(lab.journalPath, "utf8")).includes('"result"'))
      await new Promise((resolve) => setTimeout(resolve, 20));

    await lab.edge.start();
    expect(await runner.exited).toBe(0);
    await expectCompleteRecord();
  });

  it("is on disk with its result while the edge is away, for whoever comes to read it", async () => {
    await lab.prepare({ ...counting, config: { ...counting.config, give_up_at: Date.now() + 1500 } });
    await lab.edge.stop();
    expect(await lab.start().exited).toBe(0);
    expect(lab.edge.posts).toEqual([]);
    const attempt = parseJournal(await readFile(lab.journalPath, "utf8"));
    expect(attempt.result.outcome).toBe("success");
    expect(attempt.lines()).toEqual(COUNTED);
    expect(attempt.entries).toContainEqual(expect.objectContaining({ type: "file", path: "out/report.md" }));
    await lab.edge.start();
  });

  it("survives broken connections, errors and refusals for a while", async () => {
    verifies("runner:journal:retries");
    const fates = ["drop", 503, "answer", 429, "drop", "answer", 500, "drop", 502] as const;
    lab.edge.decide = (_, repeat) => fates[repeat - 1] ?? "answer";
    await lab.prepare(counting);
    await lab.start().exited;
    await expectCompleteRecord();
  });

  it("goes on from where the edge says, back or forward", async () => {
    verifies("runner:journal:follows-the-edge");
    let forgot = false;
    lab.edge.onJournal = (text) => {
      if (forgot || !text.includes("line 20")) return;
      forgot = true;
      // The edge lost the end of what it took: it answers the next post with an earlier offset.
      lab.edge.journal = lab.edge.journal.subarray(0, lab.edge.journal.indexOf(0x0a) + 1);
      lab.edge.gapsAllowed = 1;
    };
    await lab.prepare(counting);
    await lab.start().exited;
    expect(forgot).toBe(true);
    await expectCompleteRecord();
  });

  it("is posted in batches within the limit", async () => {
    await lab.run({
      files: { "run.py": "for n in range(3000): print('x' * 90, n)" },
      limits: { journal_post_bytes: 20_000 },
    });
    expect(Math.max(...lab.edge.posts.map((post) => post.bytes))).toBeLessThanOrEqual(20_000);
    expect(lab.edge.posts.length).toBeGreaterThan(10);
  });

  it("shows a sign of life when there is nothing to say", async () => {
    verifies("runner:journal:heartbeat");
    lab.edge.answer = { flush_ms: 20, heartbeat_ms: 60, stop: false };
    await lab.prepare({
      files: { "run.py": "import os, time\nprint('x')\nwhile not os.path.exists('go'): time.sleep(0.01)" },
    });
    const runner = lab.start();
    const beats = new Promise<void>((resolve) => {
      lab.edge.onJournal = () => {
        if (lab.edge.posts.filter((post) => post.bytes === 0).length >= 3) resolve();
      };
    });
    await beats;
    await writeFile(join(lab.workDir, "go"), "");
    await runner.exited;
    expect((await lab.readAttempt()).result.outcome).toBe("success");
  });
});

describe("an edge that wants no more", () => {
  const waiting = {
    files: {
      "run.py": "import os, time\nopen('pid', 'w').write(str(os.getpid()))\nprint('on')\ntime.sleep(60)",
    },
  };

  async function expectEnded(runner: { exited: Promise<number | null> }): Promise<void> {
    expect(await runner.exited).toBe(0);
    const pid = await readFile(join(lab.workDir, "pid"), "utf8");
    await expect(stat(`/proc/${pid}`)).rejects.toThrow("ENOENT");
    expect(await readFile(lab.journalPath, "utf8")).not.toContain('"result"');
  }

  it("is obeyed when it says stop: the script is ended and nothing more is said", async () => {
    verifies("runner:journal:stop");
    lab.edge.onJournal = (text) => {
      if (text.includes('"on"')) lab.edge.answer = { flush_ms: 20, heartbeat_ms: 40, stop: true };
    };
    await lab.prepare(waiting);
    await expectEnded(lab.start());
  });

  it.each([401, 404, 409, 410])(
    "is not heard in a bare %i, which gateways and proxies answer too",
    async (status) => {
      verifies("runner:journal:stop-is-proven");
      let refused = 0;
      lab.edge.decide = () => {
        if (refused >= 3 || !lab.edge.journal.includes("line 5")) return "answer";
        refused += 1;
        return status;
      };
      await lab.prepare(counting);
      await lab.start().exited;
      expect(refused).toBe(3);
      await expectCompleteRecord();
    },
  );

  it("is not heard in a stop without the proof that only the edge can give", async () => {
    let said = 0;
    lab.edge.provesStop = false;
    lab.edge.onJournal = () => {
      if (!lab.edge.journal.includes("line 5")) return;
      said += 1;
      lab.edge.answer = { flush_ms: 20, heartbeat_ms: 40, stop: said < 4 };
    };
    await lab.prepare(counting);
    await lab.start().exited;
    expect(said).toBeGreaterThanOrEqual(4);
    await expectCompleteRecord();
  });

  it("is obeyed while a file waits to be handed over, and not before it proves it", async () => {
    lab.edge.decide = (route, repeat) => {
      if (route === "files" && repeat === 3) lab.edge.answer = { flush_ms: 20, heartbeat_ms: 40, stop: true };
      return route === "files" ? 409 : "answer";
    };
    lab.edge.answer = { flush_ms: 20, heartbeat_ms: 40, stop: false };
    await lab.prepare(counting);
    expect(await lab.start().exited).toBe(0);
    expect(lab.edge.journal.toString()).not.toContain('"result"');
  });
});

describe("files", () => {
  it("are handed over before the result is, however often it takes", async () => {
    verifies("runner:files:before-result");
    let resultAt = 0;
    lab.edge.decide = (route, repeat) => {
      if (lab.edge.journal.includes('"result"')) resultAt = repeat;
      return route === "files" && repeat < 4 ? "drop" : "answer";
    };
    await lab.prepare(counting);
    await lab.start().exited;
    expect(resultAt).toBe(0);
    await expectCompleteRecord();
  });
});

describe("a proxy", () => {
  let proxy: Server;
  const seen: string[] = [];

  beforeEach(async () => {
    seen.length = 0;
    proxy = createServer((incoming, outgoing) => {
      seen.push(incoming.url ?? "");
      const forwarded = httpRequest(
        incoming.url ?? "",
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      forwarded.on("error", () => outgoing.writeHead(502).end());
      incoming.pipe(forwarded);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    proxy.closeAllConnections();
    proxy.close();
  });

  it("named in the environment carries every request, to loopback too", async () => {
    verifies("runner:journal:through-proxy");
    await lab.prepare(counting);
    const url = `http://user:pa%20ss@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    await lab.start({ environment: { HTTP_PROXY: url, NO_PROXY: "127.0.0.1" } }).exited;
    await expectCompleteRecord();
    expect(seen.length).toBe(lab.edge.posts.length + 1);
    expect(seen.every((target) => target.startsWith(lab.edge.url))).toBe(true);
  });
});
