import type { Json } from "#contract/json";
import type { StageInput } from "#contract/pipelines/stage";
import { isObject } from "../actions/compile-schema.ts";

/*
 * What the older format of pipelines says by paths, as expressions. `goal.context` are the inputs, and `<stage>.output` what a
 * stage has put out. Source: loom's pipeline stages.
 */

/** An input as input_mapping says it: a path, a quoted text, `{source, default}`, or the value itself. Pure. */
export function readMapped(written: Json): StageInput {
  if (isObject(written) && typeof written["source"] === "string") {
    const { source, default: otherwise, optional } = written;
    const read = readMapped(source);
    if ("value" in read) return read;
    return {
      ...read,
      ...(otherwise === undefined ? {} : { default: otherwise }),
      ...(optional === true && otherwise === undefined ? { optional: true } : {}),
    };
  }
  if (typeof written !== "string") return { value: written };
  const literal = readQuoted(written.trim());
  return literal === null ? { expression: readPath(written.trim()) } : { value: literal };
}

function readQuoted(text: string): string | null {
  const match = /^'(.*)'$|^"(.*)"$/s.exec(text);
  return match === null ? null : (match[1] ?? match[2] ?? "");
}

const IDENTIFIER = /^[A-Za-z_]\w*$/;

/** A dotted path, with positions in lists as `.0` or `[0]`, as an expression. Pure. */
export function readPath(path: string): string {
  const [root = "", ...rest] = path.split(/\.|(?=\[)/);
  const { name, steps } = readRoot(root, rest);
  return name + steps.map(readStep).join("");
}

function readRoot(root: string, rest: readonly string[]): { name: string; steps: readonly string[] } {
  if (root === "goal") {
    const [first] = rest;
    return { name: "inputs", steps: first === "context" ? rest.slice(1) : rest };
  }
  if (root === "inputs" || root === "item") return { name: root, steps: rest };
  const [first, ...below] = rest;
  const isOutput = first === undefined || first === "output" || first === "outputs";
  return { name: root.replaceAll("-", "_"), steps: isOutput ? ["outputs", ...below] : rest };
}

function readStep(step: string): string {
  const position = /^\[?(\d+)\]?$/.exec(step);
  if (position !== null) return `[${position[1]}]`;
  return IDENTIFIER.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

/** A condition: `path == value` or `path != value` in the short form, whose texts need no quotes; all else is CEL. Pure. */
export function readCondition(written: string): string {
  const match = /^([\w.[\]-]+)\s+(==|!=)\s+([\w.-]+|'[^']*'|"[^"]*")$/.exec(written.trim());
  const [, path, sign, value] = match ?? [];
  if (path === undefined || sign === undefined || value === undefined) return written;
  return `${readPath(path)} ${sign} ${readWord(value)}`;
}

function readWord(word: string): string {
  if (/^(?:true|false)$/i.test(word)) return word.toLowerCase();
  if (/^(?:null|none)$/i.test(word)) return "null";
  if (/^-?\d+(?:\.\d+)?$/.test(word)) return word;
  return JSON.stringify(readQuoted(word) ?? word);
}
