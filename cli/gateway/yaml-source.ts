import { isNode, LineCounter, parseDocument } from "yaml";

/** What may stand in a YAML file. */
export type Yaml = string | number | boolean | null | undefined | Yaml[] | { [key: string]: Yaml };
export type YamlMap = Record<string, Yaml>;
export type YamlPath = readonly (string | number)[];

/** A YAML file as it was read, with the lines of what stands in it. */
export interface YamlSource {
  file: string;
  value: YamlMap;
  /** Why it cannot be read; null where it can. */
  fault: { line: number; message: string } | null;
  /** The line of what stands at the path, or of the nearest thing above it that is there. */
  lineOf: (path: YamlPath) => number;
}

/** Reads a YAML file that must hold a mapping; aliases may not make more of it than it is. Pure. */
export function openYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (path: YamlPath): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const [error] = document.errors;
  if (error !== undefined) {
    const fault = { line: lines.linePos(error.pos[0]).line, message: error.message };
    return { file, value: {}, fault, lineOf };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (isMap(value)) return { file, value, fault: null, lineOf };
    return { file, value: {}, fault: { line: 1, message: "It holds no mapping." }, lineOf };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : "It cannot be read.";
    return { file, value: {}, fault: { line: 1, message }, lineOf };
  }
}

export function isMap(value: unknown): value is YamlMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as a mapping; an empty one for everything else. Pure. */
export const mapOf = (value: Yaml): YamlMap => (isMap(value) ? value : {});
/** The value as a list; an empty one for everything else. Pure. */
export const listOf = (value: Yaml): Yaml[] => (Array.isArray(value) ? value : []);
/** The value as text; undefined for everything else. Pure. */
export const textOf = (value: Yaml): string | undefined => (typeof value === "string" ? value : undefined);
/** The value as a number; undefined for everything else. Pure. */
export const numberOf = (value: Yaml): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
/** The texts of a list. Pure. */
export const textsOf = (value: Yaml): string[] => listOf(value).flatMap((one) => textOf(one) ?? []);
