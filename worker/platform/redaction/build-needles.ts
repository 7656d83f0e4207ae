import { secretLimits } from "#contract/secrets/limits";
import { toBase64, toHex } from "../bytes.ts";

/** A longer needle is looked for in pieces of this many characters, so that a part of it is found as well. */
export const PIECE = 64;
/** A shorter value ("on", "1234") would blot out ordinary text. */
const SHORTEST = secretLimits.secret_masked_characters.value;

/**
 * All texts that give a secret away: the values, and how programs write them. Line ends are left out of each, as they are
 * of the text that is searched: an encoding may be wrapped anywhere. Pure.
 */
export function buildNeedles(values: readonly string[]): string[] {
  const needles = new Set<string>();
  for (const value of values) {
    if (value.length < SHORTEST) continue;
    const lines = value.split(/\r?\n/).map((line) => line.trim());
    for (const form of [value.trim(), ...lines, ...encodeForms(value)])
      addPieces(needles, withoutLines(form));
  }
  return [...needles];
}

/** A text without its line ends. */
export function withoutLines(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, "") : text;
}

function addPieces(needles: Set<string>, form: string): void {
  if (form.length < SHORTEST) return;
  for (let from = 0; from + PIECE < form.length; from += PIECE) needles.add(form.slice(from, from + PIECE));
  needles.add(form.slice(-PIECE));
}

/** How a value looks in the encodings that programs print. */
function encodeForms(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value);
  const strict = url.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const hex = toHex(bytes);
  const base64 = [0, 1, 2].map((shift) => base64Core(bytes, shift));
  return [
    value,
    json,
    escapeAscii(json),
    JSON.stringify(json).slice(1, -1),
    ...[url, strict, strict.replaceAll("~", "%7E"), encodeURI(value)].flatMap(urlForms),
    ...base64,
    ...base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_")),
    ...[0, 1, 2, 3, 4].map((shift) => base32Core(bytes, shift)),
    hex,
    hex.toUpperCase(),
    value.normalize("NFC"),
    value.normalize("NFD"),
    ...quoteForms(value, bytes),
    [...value].toReversed().join(""),
    escapeHtml(value, "&#39;"),
    escapeHtml(value, "&#x27;"),
  ];
}

/** As tracebacks, dumps and traced commands quote it: Python's `repr` and `ascii`, JavaScript's `inspect`, shells. */
function quoteForms(value: string, bytes: Uint8Array): string[] {
  const escaped = escapeLines(value);
  const octets = escapeLines(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).replace(
    /[\u0080-\u00ff]/g,
    escapePoint,
  );
  const literals = [escaped, escaped.replace(/[^\0-\x7f]/gu, escapePoint), octets];
  return [
    ...literals,
    ...literals.map((literal) => literal.replaceAll("'", String.raw`\'`)),
    value.replaceAll("'", String.raw`'\''`),
    value.replaceAll("'", `'"'"'`),
  ];
}

function escapeLines(text: string): string {
  const signs: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  return text.replace(/[\\\n\r\t]/g, (sign) => signs[sign] ?? sign);
}

/** A character as Python writes it where only ASCII may stand. */
function escapePoint(sign: string): string {
  const point = (sign.codePointAt(0) ?? 0).toString(16);
  if (point.length <= 2) return `\\x${point.padStart(2, "0")}`;
  return point.length <= 4 ? `\\u${point.padStart(4, "0")}` : `\\U${point.padStart(8, "0")}`;
}

/** With spaces as forms have them, and with octets in lower case. */
function urlForms(form: string): string[] {
  const forms = [form, form.replaceAll("%20", "+")];
  return forms.flatMap((text) => [text, text.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase())]);
}

/** The characters that are the same whatever stands before and behind the bytes, `shift` bytes into a group of three. */
function base64Core(bytes: Uint8Array, shift: number): string {
  const padded = new Uint8Array(shift + bytes.length);
  padded.set(bytes, shift);
  return toBase64(padded).slice(Math.ceil((shift * 8) / 6), Math.floor((padded.length * 8) / 6));
}

/** The same in base32, `shift` bytes into a group of five. */
function base32Core(bytes: Uint8Array, shift: number): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let text = "";
  let held = 0;
  // The bits that share a letter with what stands before are left out.
  let bits = shift * 8 - Math.ceil((shift * 8) / 5) * 5;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += letters[(held >> (bits - 5)) & 31] ?? "";
  }
  return text;
}

/** JSON as it is written by programs that keep to ASCII. */
function escapeAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function escapeHtml(text: string, apostrophe: string): string {
  const signs: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": apostrophe,
  };
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
}
