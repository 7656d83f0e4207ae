import fc from "fast-check";
import { limits } from "#contract/limits";
import { concatBytes } from "../../../worker/platform/bytes.ts";
import { sampleStart } from "./sample-spec.ts";

const POST_BYTES = limits.journal_post_bytes.value;
const encoder = new TextEncoder();

/** `part` as often in a list as fits into so many characters. */
function fillList(part: string, size: number): string {
  const count = Math.max(1, Math.floor(size / (part.length + 1)));
  return `[${Array<string>(count).fill(part).join(",")}]`;
}

/** JSON text of about so many characters, of the kinds that take most room, or none of the kinds that can be read. */
const writers: readonly ((size: number) => string)[] = [
  (size) => JSON.stringify("a".repeat(size)),
  (size) => JSON.stringify(`${"a".repeat(size)}🙂`),
  (size) => JSON.stringify("\u0001\ud800\u2028".repeat(size / 20)),
  (size) => fillList("0.5", size),
  (size) => `[0.5,${fillList("1", size).slice(1)}`,
  (size) => fillList("-0", size),
  (size) => fillList("[]", size),
  (size) => fillList('{"":{}}', size),
  (size) => fillList('""', size),
  (size) => `{${fillList('"a":1073741824', size).slice(1, -1)}}`,
  (size) => `${"[".repeat(Math.min(size, 3000))}${"]".repeat(Math.min(size, 3000))}`,
  () => `1${"0".repeat(400)}`,
  () => "1e999",
  () => "NaN",
  () => '{"__proto__":{"a":1},"constructor":null}',
  () => "true",
];

const valueOf = (size: number) => fc.constantFrom(...writers).map((write) => write(size));

/** What a script makes the runner write, or writes into the journal itself. */
function lineOf(size: number): fc.Arbitrary<string> {
  const parts = {
    value: valueOf(size),
    at: fc.constantFrom(0, sampleStart),
    percent: fc.constantFrom("null", "1e308", "-5"),
    file: fc.nat(1e6),
    kind: fc.nat(5),
  };
  return fc.record(parts).map(({ value, at, percent, file, kind }) => {
    const text = value.startsWith('"') ? value : JSON.stringify(value);
    const lines = [
      `{"type":"log","at":${at},"stream":"stdout","level":"info","text":${text}}`,
      `{"type":"progress","at":1,"percent":${percent},"message":${text}}`,
      `{"type":"file","at":1,"kind":"output","name":${text},"path":"out/${file}","media_type":${text},"size_bytes":0,"sha256":"${"a".repeat(64)}"}`,
      `{"type":"phase","at":1,"phase":"install","detail":${text}}`,
      value,
      `{"type":"log","at":1,"text":${value}`,
    ];
    return lines[kind] ?? value;
  });
}

/** A few lines, or these again and again until they fill a post. */
const part = fc.constantFrom(1, 100, 20_000, 120_000).chain((size) =>
  fc
    .record({ lines: fc.array(lineOf(size), { minLength: 1, maxLength: 4 }), isFull: fc.boolean() })
    .map(({ lines, isFull }) => {
      const once = encoder.encode(lines.map((line) => `${line}\n`).join(""));
      if (!isFull || once.byteLength > POST_BYTES) return once;
      const body = new Uint8Array(Math.floor(POST_BYTES / once.byteLength) * once.byteLength);
      for (let at = 0; at < body.byteLength; at += once.byteLength) body.set(once, at);
      return body;
    }),
);

/** Numbers and texts that take several times the room that their JSON does. */
const costly: readonly ((size: number) => string)[] = [
  (size) => JSON.stringify(`${"a".repeat(size)}🙂`),
  (size) => `[0.5,${fillList("1", size).slice(1)}`,
  (size) => fillList("-0", size),
  (size) => fillList("[]", size),
];

/** What a script says in a member of its result: mostly what is costly, and a part of a post or nearly all of it. */
const spoken = fc
  .constantFrom(1, 120_000, 240_000, 460_000)
  .chain((size) =>
    fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...costly).map((write) => write(size)) }, valueOf(size)),
  );

/** A result that says anything; whatever it says, it is the last word of the attempt. */
const result = fc
  .record({
    outcome: fc.constantFrom("success", "failure"),
    error: fc.constantFrom('"No."', JSON.stringify("n🙂".repeat(30_000)), "null"),
    outputs: spoken,
    asks: fc.constantFrom("", ',"decision_required":{"preview":', ',"await_external":{"key":"k","label":'),
    asked: spoken,
  })
  .map(({ outcome, error, outputs, asks, asked }) => {
    const question = asks === "" ? "" : `${asks}${asked}}`;
    return encoder.encode(
      `{"type":"result","at":1,"outcome":"${outcome}","error_code":null,"error":${error},"error_raw":null,"exit_code":0,"outputs":{"a":${outputs}}${question},"usage":{"wall_ms":1,"cpu_ms":1,"max_memory_bytes":1,"log_bytes":0}}\n`,
    );
  });

/**
 * A journal at the limits of what a post, a stored entry and a run may hold, which ends with a result and says another
 * one after it.
 */
export const largeJournal: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.array(part, { maxLength: 3 }), result, result)
  .map(([parts, last, another]) => [...parts, last, another].reduce(concatBytes));

/** Inputs of a run, none or as large as they may be, in text that takes twice the room where it is kept. */
export const largeInputs = fc
  .constantFrom(0, 100_000, limits.inputs_bytes.value - 100)
  .map((size) => ({ text: size === 0 ? "" : `${"a".repeat(size)}🙂` }));
