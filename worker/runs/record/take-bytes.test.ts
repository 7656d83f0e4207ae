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
