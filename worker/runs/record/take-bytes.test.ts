import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { createRandom } from "../../../test/support/random.ts";
import { verifies } from "../../../test/verifies.ts";
import { parseEntry, takeBytes } from "./take-bytes.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

it("only whole lines are taken, and the rest waits for the next post", () => {
  expect(takeBytes(0, 0, bytes("a\nb\nhal"))).toEqual({ lines: ["a", "b"], next_offset: 4 });
  expect(takeBytes(4, 4, bytes("half\n"))).toEqual({ lines: ["half"], next_offset: 9 });
});

it("a gap takes nothing and says where to go on", () => {
  expect(takeBytes(4, 5, bytes("x\n"))).toEqual({ lines: [], next_offset: 4 });
});

it("offsets count bytes, not characters", () => {
  const body = bytes("äöü\nb\n");
  expect(takeBytes(7, 0, body)).toEqual({ lines: ["b"], next_offset: 9 });
});

it("however a journal is cut, repeated and reordered, every line comes out once and in order", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed);
    const lines = Array.from(
      { length: 1 + random.below(30) },
      (_, i) => `line ${i} ${"ä".repeat(random.below(20))}`,
    );
    const journal = bytes(lines.map((line) => `${line}\n`).join(""));
    const taken: string[] = [];
    let have = 0;
    while (have < journal.byteLength) {
      const offset = Math.max(0, have - random.below(40) + (random.chance(0.1) ? 60 : 0));
      const part = journal.subarray(offset, offset + 1 + random.below(200));
      const intake = takeBytes(have, offset, part);
      taken.push(...intake.lines);
      have = intake.next_offset;
    }
    expect(taken, `seed ${seed}`).toEqual(lines);
  }
});

it("a line that is no entry is no entry", () => {
  expect(parseEntry("{")).toBeUndefined();
  expect(parseEntry('{"type":"log"}')).toBeUndefined();
  expect(parseEntry('{"type":"progress","at":1,"percent":50,"message":null}')).toMatchObject({ percent: 50 });
});

it("a failure's code that only a forged journal can carry is no code", () => {
  const result = {
    type: "result",
    at: 1,
    outcome: "failure",
    error: "x",
    error_raw: null,
    exit_code: 1,
    outputs: null,
    usage: {
      wall_ms: 1,
      cpu_ms: 1,
      max_memory_bytes: 1,
      log_bytes: 0,
    },
  };
  for (const [code, expected] of [
    ["my_code.1", "my_code.1"],
    ["\u001B]52;c;cm0gLXJmIH4=\u0007", null],
    ["x".repeat(65), null],
  ]) {
    expect(parseEntry(JSON.stringify({ ...result, error_code: code }))).toMatchObject({
      error_code: expected,
    });
  }
});

const result = (outputs: string) =>
  `{"type":"result","at":1,"outcome":"success","error_code":null,"error":null,"error_raw":null,"exit_code":0,` +
  `"outputs":${outputs},"usage":{"wall_ms":1,"cpu_ms":1,"max_memory_bytes":1,"log_bytes":0}}`;

it.each([
  ["a number beyond a double", result(`{"n":1${"0".repeat(400)}}`), /outputs\.n/],
  [
    "outputs nested without end",
    result(`{"n":${"[".repeat(5000)}${"]".repeat(5000)}}`),
    /deep in each other/,
  ],
  ["a key that is missing", '{"type":"result","at":1}', /outcome/],
  ["what is not JSON", '{"type":"result","at":1,"outputs":{"n":NaN}}', /not JSON/],
])("a result with %s ends the attempt as the script's own failure, with the place", (_, line, place) => {
  const entry = parseEntry(line);
  expect(entry).toMatchObject({ type: "result", outcome: "failure", error_code: "invalid_result_json" });
  expect(entry).toHaveProperty("error", expect.stringMatching(place));
});

it("a result longer than one post is output_too_large, and the journal goes on behind it", () => {
  verifies("runner:journal:result-never-dropped");
  const most = limits.journal_post_bytes.value;
  const journal = bytes(`${result(`{"n":"${"x".repeat(most)}"}`)}\n{"type":"phase","at":1,"phase":"run"}\n`);
  const first = takeBytes(0, 0, journal.subarray(0, most));
  expect(first.next_offset).toBe(most);
  expect(parseEntry(first.lines[0] ?? "")).toMatchObject({ type: "result", error_code: "output_too_large" });
  const rest = takeBytes(most, most, journal.subarray(most));
  expect(rest.lines.flatMap((line) => parseEntry(line) ?? [])).toEqual([
    { type: "phase", at: 1, phase: "run" },
  ]);
});

it("what was taken already takes nothing again, to the byte", () => {
  expect(takeBytes(2, 0, bytes("a\n"))).toEqual({ lines: [], next_offset: 2 });
  expect(takeBytes(3, 0, bytes("a\n"))).toEqual({ lines: [], next_offset: 3 });
  expect(takeBytes(1, 0, bytes("a\n"))).toEqual({ lines: [], next_offset: 2 });
});

it("a line that is not whole waits as long as it may still become whole in a post, and no longer", () => {
  const most = limits.journal_post_bytes.value;
  const line = "x".repeat(most);
  expect(takeBytes(0, 0, bytes(line.slice(1)))).toEqual({ lines: [], next_offset: 0 });
  expect(takeBytes(0, 0, bytes(line))).toEqual({ lines: [line], next_offset: most });
  expect(takeBytes(0, 0, bytes(`a\n${line}`))).toEqual({ lines: ["a"], next_offset: 2 });
});

const unread = (length: number) => {
  const line = '{"type":"result","at":1,"x":"';
  return line + "x".repeat(length - line.length);
};

it("a result that cannot be read is called too large from a quarter of a post on, and broken below", () => {
  const quarter = limits.journal_post_bytes.value / 4;
  expect(parseEntry(unread(quarter))).toMatchObject({
    error_code: "output_too_large",
    error: "What the script hands over is larger than one post of the journal.",
  });
  expect(parseEntry(unread(quarter - 1))).toMatchObject({
    error_code: "invalid_result_json",
    error: "The result cannot be read: it is not JSON.",
  });
  // One that is whole and of a wrong form is broken, however long it is.
  expect(parseEntry(`${unread(quarter)}"}`)).toMatchObject({ error_code: "invalid_result_json" });
});

it("a result that takes more room than a run has is refused, one that just fits is kept, and so is any other entry", () => {
  const ofBytes = (length: number) => result(`{"n":"${"x".repeat(length)}"}`);
  expect(parseEntry(ofBytes(1_100_000))).toMatchObject({ outcome: "success" });
  expect(parseEntry(ofBytes(1_300_000))).toMatchObject({
    outcome: "failure",
    error_code: "output_too_large",
    error: "What the script hands over takes more room than a run has for it.",
  });
  const long = JSON.stringify({ type: "progress", at: 1, percent: 1, message: "x".repeat(1_300_000) });
  expect(parseEntry(long)).toMatchObject({ type: "progress" });
});

it("a refusal is a whole result: the script's failure, with nothing handed over", () => {
  expect(parseEntry('{"type":"result","at":1}')).toEqual({
    type: "result",
    at: 0,
    outcome: "failure",
    error_code: "invalid_result_json",
    error: expect.stringMatching(/^The result cannot be read: /),
    error_raw: null,
    exit_code: null,
    outputs: null,
    usage: { wall_ms: 0, cpu_ms: 0, max_memory_bytes: 0, log_bytes: 0 },
  });
});

it("only what begins as the runner begins a result is one that broke", () => {
  expect(parseEntry('{"type": "result", cut')).toMatchObject({ error_code: "invalid_result_json" });
  expect(parseEntry('{"type":"result", cut')).toMatchObject({ error_code: "invalid_result_json" });
  for (const line of [
    '{"type":"results", cut',
    '{"type":"log","text":"{\\"type\\":\\"result\\"", cut',
    'x{"type":"result", cut',
    '["type","result","at",1]',
    '"type of a result"',
    "null                     ",
    '{"at":1,"type":"unknown"}',
    '{"text":"type: result"}',
  ])
    expect(parseEntry(line), line).toBeUndefined();
});
