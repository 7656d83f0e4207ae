import { describe, expect, it } from "vitest";
import { createRandom } from "../../../test/support/random.ts";
import { verifies } from "../../../test/verifies.ts";
import { MASK, Masker } from "./masker.ts";

const secret = `s3cr3t "Käse" & <b>'s/+ %~`;
const bytes = Buffer.from(secret);
const masker = new Masker([secret]);

/** How programs write it, and what is to be seen of that afterwards: nothing. */
const spellings: Record<string, string> = {
  plain: secret,
  "base64, first byte first": Buffer.from(secret).toString("base64"),
  "base64, one byte before": Buffer.from(`:${secret}:`).toString("base64"),
  "base64, two bytes before": Buffer.from(`a:${secret}`).toString("base64"),
  base64url: Buffer.from(`ab:${secret}`).toString("base64url"),
  url: encodeURIComponent(secret),
  "url with lower hex": encodeURIComponent(secret).replace(/%../g, (octet) => octet.toLowerCase()),
  form: new URLSearchParams({ secret }).toString().slice("secret=".length),
  json: JSON.stringify(secret).slice(1, -1),
  "json in ascii": JSON.stringify(secret).replace("ä", "\\u00e4"),
  "json in json": JSON.stringify(JSON.stringify(secret)),
  hex: bytes.toString("hex"),
  HEX: bytes.toString("hex").toUpperCase(),
  reversed: [...secret].toReversed().join(""),
  html: secret.replace(
    /[&<>"']/g,
    (s) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[s] ?? s,
  ),
};

/** The longest run of characters of a spelling that is still there; a few at an edge say nothing. */
function longestLeft(spelled: string, masked: string): number {
  for (let length = spelled.length; length > 0; length -= 1) {
    for (let from = 0; from + length <= spelled.length; from += 1)
      if (masked.includes(spelled.slice(from, from + length))) return length;
  }
  return 0;
}

/** What a script's own language makes of it in a traceback, a dump or a traced command. */
const awkward = "it's a \"b\\S\nKäse-3cr3t";
const quoted: Record<string, string> = {
  "Python's repr": String.raw`'it\'s a "b\\S\nKäse-3cr3t'`,
  "Python's ascii": String.raw`'it\'s a "b\\S\nK\xe4se-3cr3t'`,
  "Python's repr of bytes": String.raw`b'it\'s a "b\\S\nK\xc3\xa4se-3cr3t'`,
  "Python's shlex": `'it'"'"'s a "b\\S\nKäse-3cr3t'`,
  "a shell's trace": String.raw`'it'\''s a "b\S` + "\nKäse-3cr3t'",
  decomposed: awkward.normalize("NFD"),
  "base32, three bytes before": "MFRDU2LUE5ZSAYJAEJRFYUYKJPB2I43FFUZWG4RTOQ",
  base32: "NF2CO4ZAMEQCEYS4KMFEXQ5EONSS2M3DOIZXI",
};

it.each(Object.entries(quoted))(
  "a secret does not show in %s, as a crashed script tells it",
  (_name, told) => {
    verifies("secrets:redaction:nothing-readable");
    const left = new Masker([awkward]).text(`KeyError: ${told}.`);
    expect(left).toContain(MASK);
    expect(left.startsWith("KeyError: ")).toBe(true);
    expect(longestLeft(told, left)).toBeLessThan(7);
  },
);

it("many long secrets that begin alike are learned and looked for with work that the log decides", () => {
  verifies("secrets:redaction:linear");
  const values = Array.from({ length: 100 }, (_, n) =>
    Array.from({ length: 20 }, (_unused, piece) => `same-beginning-${n}-${piece}-`.padEnd(64, "x")).join(""),
  );
  let compared = 0;
  const counting = new Masker(values, () => (compared += 1));
  const text = "same-beginning-".repeat(4_000);
  expect(counting.text(text)).toBe(text);
  expect(compared).toBeLessThan(text.length * 2);
});

describe.each(Object.entries(spellings))("%s", (_name, spelled) => {
  it("is masked in the midst of a text, and the text around it stays", () => {
    verifies("secrets:redaction:nothing-readable");
    const masked = masker.text(`before ${spelled} after`);
    expect(masked).toContain(MASK);
    expect(masked.startsWith("before ")).toBe(true);
    expect(masked.endsWith(" after")).toBe(true);
    expect(longestLeft(spelled, masked)).toBeLessThan(7);
  });

  it("is masked wherever it is divided, over texts and over lines", () => {
    verifies("secrets:redaction:nothing-readable");
    for (let cut = 0; cut <= spelled.length; cut += 1) {
      const [head, tail] = [spelled.slice(0, cut), spelled.slice(cut)];
      const { masked } = masker.texts([`a ${head}`, `${tail} b`]);
      expect(longestLeft(spelled, masked.join("")), String(cut)).toBeLessThan(7);
      expect(longestLeft(spelled, masker.text(`a ${head}\n${tail} b`)), String(cut)).toBeLessThan(7);
    }
  });
});

it("what a call before has begun is masked as far as it is not out already", () => {
  const { carry } = masker.texts([`a ${secret.slice(0, 10)}`]);
  const { masked } = masker.texts([`${secret.slice(10)} b`], carry);
  expect(masked).toEqual([`${MASK} b`]);
});

it("a wrapped encoding of a long value is masked line by line, and so is every part of a key", () => {
  const pem = `-----BEGIN KEY-----\n${"MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6\n".repeat(4)}-----END KEY-----`;
  const long = new Masker([pem]);
  const wrapped = Buffer.from(pem).toString("base64").replace(/.{76}/g, "$&\n");
  expect(long.text(`k:\n${wrapped}\nend`)).toMatch(/^k:\n\*\*\*.{0,3}\nend$/s);
  for (const line of pem.split("\n")) expect(long.text(`line ${line}.`)).toBe(`line ${MASK}.`);
});

it("values too short to be told from ordinary text are left alone", () => {
  expect(new Masker(["on", "12345"]).text("on 12345")).toBe("on 12345");
});

it("JSON is masked in its texts, keys and numbers, and keeps its shape", () => {
  const both = new Masker([secret, "12345678"]);
  const value = { a: [secret, 7, null, true], [secret]: { pin: 12345678 } };
  expect(both.json(value)).toEqual({ a: [MASK, 7, null, true], [MASK]: { pin: MASK } });
});

it("no text of random pieces of a secret gets longer, and what holds none of it stays as it is", () => {
  const random = createRandom(7);
  const letters = "abc=&\n\r é😀";
  const any = new Masker(["abcabc", "aaaaaaaa", "cab=&cab"]);
  for (let round = 0; round < 500; round += 1) {
    const text = Array.from({ length: 40 }, () => [...letters][random.below(10)] ?? "a").join("");
    const masked = any.text(text);
    expect(masked.length).toBeLessThanOrEqual(text.length);
    for (const needle of ["abcabc", "aaaaaaaa", "cab=&cab"])
      expect(masked.replace(/[\r\n]/g, "")).not.toContain(needle);
    if (masked !== text) expect(masked).toContain(MASK);
  }
});

it("the work grows with the text and not with how often the text nearly holds a secret", () => {
  verifies("secrets:redaction:linear");
  // One character short of a match at every position: what compares to the end each time never comes back.
  const nearly = new Masker([`${"a".repeat(32 * 1024 - 1)}b`]);
  const text = "a".repeat(2_000_000);
  expect(nearly.text(`${text}c`).length).toBeLessThan(100);
  const many = new Masker(Array.from({ length: 10 }, (_, n) => `${"xy".repeat(40)}${n}-${"z".repeat(100)}`));
  const line = "xyxyxyxyxyxyxyxyxyx ".repeat(100_000);
  expect(many.text(line)).toBe(line);
});
