import type { ObjectField } from "./object-schema.ts";

/** What a docstring says, by the three habits that are common: Google's, NumPy's and reST's. */
export interface Docstring {
  /** The first paragraph. */
  summary: string;
  /** What stands between the first paragraph and the first section. */
  description: string;
  parameters: ReadonlyMap<string, string>;
  returns: string | null;
}

const PARAMETER_SECTION =
  /^(?:args|arguments|parameters|params|attributes|keyword args|keyword arguments|other parameters)$/i;
const RETURN_SECTION = /^(?:returns?|yields?)$/i;
const OTHER_SECTION = /^(?:raises|examples?|notes?|see also|warns?|warnings?|todo|references|side effects)$/i;

const isSection = (name: string) =>
  [PARAMETER_SECTION, RETURN_SECTION, OTHER_SECTION].some((one) => one.test(name));

interface Section {
  name: string;
  lines: string[];
  style: "google" | "numpy";
}

/** Reads a docstring whose indentation is gone. Anything that is no known section stays in the description. */
export function readDocstring(text: string | null): Docstring {
  const lines = (text ?? "").split("\n");
  const { head, sections } = splitSections(lines);
  const { plain, fields } = splitFields(head);
  const [summary = "", ...rest] = paragraphsOf(plain);
  const parameters = new Map(fields.parameters);
  let { returns } = fields;
  for (const section of sections) {
    if (PARAMETER_SECTION.test(section.name))
      for (const [name, said] of readEntries(section)) parameters.set(name, said);
    else if (RETURN_SECTION.test(section.name)) returns = readReturn(section);
  }
  return { summary, description: rest.join("\n\n"), parameters, returns };
}

/** Fields with the descriptions of a docstring, where they have none of their own. Pure. */
export function describeParameters(
  fields: readonly ObjectField[],
  said: ReadonlyMap<string, string>,
): ObjectField[] {
  return fields.map((field) => {
    const description = said.get(field.name);
    if (description === undefined || description === "" || "description" in field.schema) return field;
    return { ...field, schema: { ...field.schema, description } };
  });
}

function splitSections(lines: readonly string[]): { head: string[]; sections: Section[] } {
  const head: string[] = [];
  const sections: Section[] = [];
  for (const [index, line] of lines.entries()) {
    const google = /^([A-Za-z ]+):\s*$/.exec(line)?.[1];
    const isUnderlined = /^-{3,}\s*$/.test(lines[index + 1] ?? "") && isSection(line.trim());
    if (google !== undefined && isSection(google))
      sections.push({ name: google, lines: [], style: "google" });
    else if (isUnderlined) sections.push({ name: line.trim(), lines: [], style: "numpy" });
    else if (sections.length > 0 && /^-{3,}\s*$/.test(line)) continue;
    else (sections.at(-1)?.lines ?? head).push(line);
  }
  return { head, sections };
}

/** reST: `:param int count: how many`, `:returns: what`, continued by indented lines. */
function splitFields(lines: readonly string[]): {
  plain: string[];
  fields: { parameters: Map<string, string>; returns: string | null };
} {
  const plain: string[] = [];
  const parameters = new Map<string, string>();
  let returns: string | null = null;
  let current: { kind: "parameter"; name: string } | { kind: "returns" } | { kind: "other" } | null = null;
  const add = (said: string) => {
    const join = (before: string | null | undefined) =>
      [before ?? "", said.trim()].filter((part) => part !== "").join(" ");
    if (current?.kind === "parameter") parameters.set(current.name, join(parameters.get(current.name)));
    else if (current?.kind === "returns") returns = join(returns);
  };
  for (const line of lines) {
    const field = /^:(\w+)(?:\s+([^:]*?))?:\s*(.*)$/.exec(line);
    if (field !== null) {
      const [, role = "", subject = "", said = ""] = field;
      const name = subject.trim().split(/\s+/).at(-1) ?? "";
      if (/^(?:param|parameter|arg|argument|key|keyword)$/.test(role)) current = { kind: "parameter", name };
      else current = /^(?:returns?|yields?)$/.test(role) ? { kind: "returns" } : { kind: "other" };
      add(said);
    } else if (current !== null && /^\s+\S/.test(line)) add(line);
    else {
      current = null;
      plain.push(line);
    }
  }
  return { plain, fields: { parameters, returns } };
}

function paragraphsOf(lines: readonly string[]): string[] {
  return lines
    .join("\n")
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim().replaceAll(/\s*\n\s*/g, " "))
    .filter((paragraph) => paragraph !== "");
}

const indentOf = (line: string) => line.length - line.trimStart().length;

/** The entries of a section: `name (type): text` with deeper lines behind it, or NumPy's `name : type` above them. */
function readEntries({ lines, style }: Section): [string, string][] {
  const filled = lines.filter((line) => line.trim() !== "");
  const margin = filled.length === 0 ? 0 : Math.min(...filled.map(indentOf));
  const entries: { names: string[]; said: string[] }[] = [];
  for (const line of filled) {
    const isEntry = indentOf(line) === margin;
    const pattern =
      style === "google"
        ? /^\*{0,2}([\w, *]+?)\s*(?:\([^)]*\))?\s*:(?:\s+(.*))?$/
        : /^\*{0,2}([\w, *]+?)\s*(?::.*)?$/;
    const entry = isEntry ? pattern.exec(line.trim()) : null;
    if (entry === null) entries.at(-1)?.said.push(line.trim());
    else {
      const names = (entry[1] ?? "").split(",").map((name) => name.replaceAll("*", "").trim());
      entries.push({ names, said: style === "google" && entry[2] !== undefined ? [entry[2].trim()] : [] });
    }
  }
  return entries.flatMap(({ names, said }) => names.map((name): [string, string] => [name, said.join(" ")]));
}

function readReturn({ lines, style }: Section): string | null {
  const filled = lines.map((line) => line.trim()).filter((line) => line !== "");
  if (style === "numpy") return filled.slice(1).join(" ") || (filled[0] ?? null);
  const said = filled.join(" ").replace(/^[\w[\], .|]+:\s+/, "");
  return said === "" ? null : said;
}
