import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

const MIB = 1024 * 1024;

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

/** Runs Python source that has `out` and `err` as raw byte streams. */
const run = (source: string, options: Omit<Parameters<RunnerLab["run"]>[0], "files"> = {}) =>
  lab.run({
    files: { "run.py": `import os, sys, time\nout, err = sys.stdout.buffer, sys.stderr.buffer\n${source}` },
    ...options,
  });

describe("log lines", () => {
  it("keep their order, and the level of their stream", async () => {
    verifies("runner:log:whole-lines-in-order");
    const attempt = await run(
      `for n in range(2000):\n    out.write(b"%d\\n" % n); out.flush(); err.write(b"%d\\n" % n); err.flush()`,
    );
    const numbers = Array.from({ length: 2000 }, (_, n) => String(n));
    expect(attempt.lines("stdout")).toEqual(numbers);
    expect(attempt.lines("stderr")).toEqual(numbers);
    const levels = attempt.entries.flatMap((entry) =>
      entry.type === "log" ? [`${entry.stream} ${entry.level}`] : [],
    );
    expect(new Set(levels)).toEqual(new Set(["stdout info", "stderr warning"]));
  });

  it("are whole, whatever the pieces they are written in", async () => {
    const attempt = await run(
      `for piece in (b"a", "\\u00e4".encode()[:1], "\\u00e4".encode()[1:], b"b\\nnext", b" line\\r\\n\\n", b"end"):\n    out.write(piece); out.flush(); time.sleep(0.02)`,
    );
    expect(attempt.lines()).toEqual(["aäb", "next line", "", "end"]);
  });

  it("show an unfinished line while the script goes on", async () => {
    verifies("runner:log:partial-line-shown");
    const shown = new Promise<void>((resolve) => {
      lab.edge.onJournal = (text) => {
        if (text.includes("Password:")) resolve();
      };
    });
    await lab.prepare({
      files: {
        "run.py":
          'import os, time\nprint("Password: ", end="")\nwhile not os.path.exists("go"): time.sleep(0.01)\nprint("ok")',
      },
    });
    const runner = lab.start();
    await shown;
    await writeFile(join(lab.workDir, "go"), "");
    await runner.exited;
    expect((await lab.readAttempt()).lines()).toEqual(["Password: ", "ok"]);
  });

  it("replace invalid UTF-8 and NUL, and lose nothing around them", async () => {
    verifies("runner:log:invalid-utf8");
    const attempt = await run(
      `out.write(b"caf\\xe9 \\xff\\xfe ok\\n\\xe2\\x82\\n\\xf0\\x9f\\x98\\x80\\n\\xed\\xa0\\x80\\nnul\\x00nul\\n\\xe2\\x82"); out.flush()`,
    );
    expect(attempt.lines()).toEqual([
      "caf\ufffd \ufffd\ufffd ok",
      "\ufffd",
      "😀",
      "\ufffd\ufffd\ufffd",
      "nul\u2400nul",
      "\ufffd",
    ]);
  });

  it("over the limit are split between characters, and no split divides a secret", async () => {
    verifies("runner:log:long-lines-split");
    const attempt = await run(
      `out.write("\u00e4".encode() * 700 + b"sk-very-secret" + b"x" * 500 + b"\\nlast\\n")`,
      {
        limits: { log_line_bytes: 1001 },
        config: { secrets: { KEY: "sk-very-secret" } },
      },
    );
    const lines = attempt.lines();
    expect(lines.join("")).toBe("ä".repeat(700) + "***" + "x".repeat(500) + "last");
    expect(lines.length).toBe(3);
    const straddling = await againWith(`out.write(b"y" * 995 + b"sk-very-secret" + b"z" * 10)`);
    expect(straddling).toBe("y".repeat(995) + "***" + "z".repeat(10));
  });

  /** The joined log of a second run in the same home with the same tight line limit. */
  async function againWith(source: string): Promise<string> {
    await lab.close();
    lab = await RunnerLab.open();
    const attempt = await run(source, {
      limits: { log_line_bytes: 1001 },
      config: { secrets: { KEY: "sk-very-secret" } },
    });
    return attempt.lines().join("");
  }
});

describe("a great deal of output", () => {
  it("of 200 MB keeps its head and its tail, says what is missing, and memory stays flat", async () => {
    verifies("runner:log:200-mb");
    const attempt = await run(
      `block = b"".join(b"%07d %s\\n" % (n, b"x" * 91) for n in range(1000))\nfor n in range(2000): out.write(block)\nout.write(b"the very end\\n")`,
      // 100 MB of memory for the runner: half of what passes through it.
      { config: { timeout_seconds: 60 }, shellPrefix: "ulimit -d 100000;" },
    );
    expect(attempt.result.outcome).toBe("success");
    expect(attempt.result.usage.log_bytes).toBe(200_000_013);
    const lines = attempt.lines("stdout");
    expect(lines[0]).toMatch(/^0000000 x+$/);
    expect(lines.at(-1)).toBe("the very end");
    const notes = attempt.lines("system");
    expect(notes).toHaveLength(2);
    const [, bytes, missing] =
      /^([\d,]+) bytes in ([\d,]+) lines were left out here\.$/.exec(notes[1] ?? "") ?? [];
    const count = (text: string | undefined) => Number((text ?? "").replaceAll(",", ""));
    expect(count(missing) + lines.length).toBe(2_000_001);
    const keptBytes = lines.reduce((sum, line) => sum + line.length + 1, 0);
    expect(count(bytes) + keptBytes).toBe(200_000_013);
    expect((await readFile(lab.journalPath)).length).toBeLessThan(9 * MIB);
    expect(keptBytes).toBeGreaterThan(7 * MIB);
    expect(Math.max(...lab.edge.posts.map((post) => post.bytes))).toBeLessThanOrEqual(512 * 1024);
  });

  it("of a million one-byte lines is whole and takes few entries", async () => {
    verifies("runner:log:million-lines");
    const attempt = await run(`out.write(b"x\\n" * 1_000_000)`);
    expect(attempt.lines("stdout")).toEqual(Array.from({ length: 1_000_000 }, () => "x"));
    expect(attempt.entries.length).toBeLessThan(200);
  });

  it("of a million lines written one by one stays within the limit", async () => {
    const attempt = await run(`for n in range(300_000): os.write(1 + n % 2, b"%d\\n" % n)`, {
      config: { timeout_seconds: 60 },
      limits: { log_bytes: 200_000, log_tail_bytes: 2000 },
    });
    expect(attempt.result.outcome).toBe("success");
    const numbers = [...attempt.lines("stdout"), ...attempt.lines("stderr")]
      .map(Number)
      .sort((a, b) => a - b);
    expect(numbers[0]).toBe(0);
    // The end of one stream or of the other: what a busy runner reads last of the two is more than the tail holds.
    expect([299_998, 299_999]).toContain(numbers.at(-1));
    expect(new Set(numbers).size).toBe(numbers.length);
    // All of it was read and counted, whatever of it is kept.
    expect(attempt.result.usage.log_bytes).toBe(1_988_890);
    expect((await readFile(lab.journalPath)).length).toBeLessThan(300_000);
  });

  it("without a single newline is split and limited too", async () => {
    const attempt = await run(`for n in range(300): out.write(b"z" * 100_000)`, {
      limits: { log_bytes: 500_000, log_tail_bytes: 10_000 },
    });
    expect(attempt.result.usage.log_bytes).toBe(30_000_000);
    const text = attempt.lines("stdout").join("");
    expect(text).toMatch(/^z+$/);
    expect(text.length).toBeLessThan(520_000);
  });

  it("of control characters, which JSON writes long, still fits into posts", async () => {
    const attempt = await run(`out.write(b"\\x01" * 200_000 + b"\\n" + b"\\xff" * 100_000 + b"\\n")`);
    expect(attempt.lines("stdout").join("")).toBe("\u0001".repeat(200_000) + "\ufffd".repeat(100_000));
    expect(Math.max(...lab.edge.posts.map((post) => post.bytes))).toBeLessThanOrEqual(512 * 1024);
  });
});
