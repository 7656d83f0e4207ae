import fc from "fast-check";
import { concatBytes } from "../../../worker/platform/bytes.ts";

/** One seed, so that what is found today is found tomorrow. */
export const HOSTILE_SEED = 20_261_128;

/** A post of a journal: how far off the true offset it claims to stand, and its bytes. */
export interface HostilePost {
  shift: number;
  body: Uint8Array<ArrayBuffer>;
}

const oddTexts = [
  "",
  "\u0000",
  "\ud800",
  "\udfff\ud800",
  "\u001b]52;c;eA==\u0007",
  "\u202etxt.exe",
  "\u2028",
  "__proto__",
  "constructor",
  "toString",
  "../../etc/passwd",
  "out/a.csv",
  "out/a.csv",
  "C:\\x",
  ".git/config",
  "text/html\r\nSet-Cookie: a=b",
  "internal_error",
  "journal_lost",
  "success",
  "failure",
  "0".repeat(64),
  "ﬀ".repeat(64),
];

const text = fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: "binary", maxLength: 30 }), {
  weight: 1,
  arbitrary: fc.integer({ min: 300, max: 9000 }).map((length) => "x".repeat(length)),
});

/** Numbers as JSON spells them, and as it does not. */
const number = fc.constantFrom(
  "0",
  "-0",
  "-1",
  "1.5",
  "1e999",
  "-1e999",
  "9007199254740993",
  "8640000000000001",
  "1".repeat(400),
  "NaN",
  "Infinity",
  "0x10",
  "01",
  "1772442000000",
);

/** A value in JSON, or nearly. */
const value = fc.oneof(
  text.map((one) => JSON.stringify(one)),
  number,
  fc.constantFrom(
    "null",
    "true",
    "{}",
    "[]",
    "[[]]",
    '{"__proto__":{"polluted":true}}',
    '{"a":1,"a":2}',
    '"\\ud800"',
  ),
  fc.integer({ min: 1, max: 400 }).map((depth) => "[".repeat(depth) + "]".repeat(depth)),
  fc.integer({ min: 1, max: 1500 }).map((depth) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth)),
);

/** An entry with every member that any kind has, each as it should be; what is wrong with it is added. */
const members: Readonly<Record<string, readonly string[]>> = {
  type: ['"log"', '"progress"', '"phase"', '"file"', '"result"', '"status"', '"approval_decided"'],
  at: ["1772442000000"],
  stream: ['"stdout"', '"system"'],
  level: ['"info"', '"critical"'],
  text: ['"a line"', '"a\\n\\nevent: close\\ndata: {}\\n"'],
  percent: ["50", "null", "1e9", "-3"],
  message: ['"half"', "null"],
  phase: ['"install"', '"run"'],
  kind: ['"output"', '"artifact"'],
  name: ['"report"'],
  path: ['"out/report.md"'],
  media_type: ['"text/markdown"'],
  size_bytes: ["1", "524288000"],
  sha256: [`"${"a".repeat(64)}"`],
  outcome: ['"success"', '"failure"'],
  error_code: ["null", '"internal_error"', '"my_code"'],
  error: ["null", '"it failed"'],
  error_raw: ["null"],
  exit_code: ["0", "null"],
  outputs: ["{}", "null", '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'],
  usage: ['{"wall_ms":1,"cpu_ms":1,"max_memory_bytes":1,"log_bytes":0}'],
  decision_required: ["true", '{"label":"Pay"}'],
  await_external: ["null", '{"key":"paid"}'],
};
const names = Object.keys(members);

/** Of some members the value is replaced, the member left out, or written twice. */
const entry = fc
  .record({
    picks: fc.array(fc.nat(6), { minLength: names.length, maxLength: names.length }),
    wrong: fc.dictionary(fc.constantFrom(...names, "__proto__", "extra"), fc.tuple(fc.nat(3), value), {
      maxKeys: 3,
    }),
    isSorted: fc.boolean(),
  })
  .map(({ picks, wrong, isSorted }) => {
    const written = names.flatMap((name, index) => {
      const known = members[name] ?? [];
      const good = `${JSON.stringify(name)}:${known[(picks[index] ?? 0) % known.length]}`;
      const bad = Object.hasOwn(wrong, name) ? wrong[name] : undefined;
      if (!bad) return [good];
      const other = `${JSON.stringify(name)}:${bad[1]}`;
      return bad[0] === 0 ? [] : bad[0] === 1 ? [good, other] : [other];
    });
    const more = Object.entries(wrong).filter(([name]) => !names.includes(name));
    const all = [...written, ...more.map(([name, bad]) => `${JSON.stringify(name)}:${bad[1]}`)];
    return `{${(isSorted ? all : all.toReversed()).join(",")}}`;
  });

const lineEnd = Uint8Array.of(10);
const encode = (line: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(line));

const line = fc.oneof(
  { weight: 6, arbitrary: entry.map(encode) },
  { weight: 2, arbitrary: value.map(encode) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("{", "null", "[]", '{"type":"log"', '{"type":"result"', "\ufeff{}", "\r", "")
      .map(encode),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => new Uint8Array(bytes)) },
);

/** Lines, mostly ended, sometimes not, with a byte somewhere turned into another one. */
const body = fc
  .record({
    lines: fc.array(fc.tuple(line, fc.nat(9)), { maxLength: 5 }),
    flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
    isFlipped: fc.nat(3),
  })
  .map(({ lines, flips, isFlipped }) => {
    const parts = lines.map(([bytes, open]) => (open === 0 ? bytes : concatBytes(bytes, lineEnd)));
    const bytes = parts.reduce(concatBytes, new Uint8Array());
    if (isFlipped === 0)
      for (const [at, byte] of flips) if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  });

const shift = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31, Number.MAX_SAFE_INTEGER),
);

/** Some posts of a journal that a script writes itself, to harm whoever reads it. */
export const hostileJournal: fc.Arbitrary<HostilePost[]> = fc.array(fc.record({ shift, body }), {
  minLength: 1,
  maxLength: 4,
});
