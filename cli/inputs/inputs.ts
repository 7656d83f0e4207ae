import { readGivenJson } from "#contract/json";
import type { Field } from "#contract/manifest/manifest";
import type { Inputs } from "#contract/runs/run";
import { usageError } from "../cli-error.ts";

/** A value as it was typed: a text, a file to send or read, or a JSON value from an inputs file. */
export type TypedInput =
  { kind: "text"; text: string } | { kind: "path"; path: string } | { kind: "json"; value: Inputs[string] };

/**
 * Reads `name=value`. A value that begins with `@` names a file, `@@` stands for a single `@`. Throws a usage error
 * for a word without `=` or without a name.
 */
export function parseInputWord(word: string): [name: string, value: TypedInput] {
  const cut = word.indexOf("=");
  if (cut <= 0) throw usageError(`--input needs name=value, not "${word}".`, "For example: --input name=Ada");
  return [word.slice(0, cut), readText(word.slice(cut + 1))];
}

/** Reads an inputs file: a JSON object, whose texts may be `@path` as on the command line. */
export function parseInputsFile(text: string, file: string): [name: string, value: TypedInput][] {
  let value: unknown;
  try {
    // Notepad and PowerShell put a byte order mark in front.
    value = readGivenJson(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw usageError(
      `${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw usageError(`${file} must hold a JSON object of inputs.`, 'For example: {"name": "Ada"}');

  const members: Record<string, Inputs[string]> = { ...value };
  return Object.entries(members).map(([name, member]) => [
    name,
    typeof member === "string" && member.startsWith("@") ? readText(member) : { kind: "json", value: member },
  ]);
}

function readText(text: string): TypedInput {
  if (text.startsWith("@@")) return { kind: "text", text: text.slice(1) };
  return text.startsWith("@") && text.length > 1
    ? { kind: "path", path: text.slice(1) }
    : { kind: "text", text };
}

/**
 * Converts a typed text to the JSON value that a field of this type takes. A text that does not convert stays a text:
 * the server judges it and says what is wrong in the same words everywhere.
 */
export function convertText(text: string, field: Field | undefined): Inputs[string] {
  switch (field?.type) {
    case "number":
    case "integer":
    case "float":
      return convertNumber(text);
    case "boolean":
      return convertBoolean(text);
    case "json":
    case "object":
    case "array":
    case "list":
      return convertJson(text);
    default:
      return text;
  }
}

/** A number that JSON writes as it was typed; the server judges all others as text. */
function convertNumber(text: string): Inputs[string] {
  const value = convertJson(text.trim());
  return typeof value === "number" ? value : text;
}

function convertBoolean(text: string): Inputs[string] {
  const word = text.toLowerCase();
  if (["true", "yes", "on", "1"].includes(word)) return true;
  return ["false", "no", "off", "0"].includes(word) ? false : text;
}

function convertJson(text: string): Inputs[string] {
  try {
    return readGivenJson(text);
  } catch {
    return text;
  }
}
