import { JsonRefused, readGivenJson } from "../json.ts";
import type { Json } from "../json.ts";
import { countFault, numberFault, textFault } from "./check-value.ts";
import { alternativeName, childName, keyName, rowMarkName, tabName, valueName, zoneName } from "./form.ts";
import type { FieldCondition, FieldOf, FormEntries, FormError, FormField, FormModel } from "./form.ts";
import { isNode, isSameJson } from "./schema-parts.ts";
import { offsetAt, splitZone } from "./zone.ts";

export interface FormReading {
  /** Typed as the schema has it; what was left out is not there. */
  inputs: Record<string, Json>;
  errors: FormError[];
}

/**
 * Values from what was typed or posted. `files` says by entry name which files came: a stand-in for each (an upload's id,
 * or any text while nothing is uploaded yet), which becomes its value. Errors are plain sentences by entry name.
 */
export function readForm(form: FormModel, entries: FormEntries, files: FormEntries = new Map()): FormReading {
  const given: Given = { entries, files, errors: [], ...indexOf(entries, files) };
  const value = readGroup(given, form.root, "");
  return { inputs: isNode(value) ? value : {}, errors: given.errors };
}

/** A field's value, for whoever asks whether a value survives being written into entries. */
export function readOne(
  field: FormField,
  name: string,
  entries: FormEntries,
): { value: Json | undefined; errors: FormError[] } {
  const files = new Map<string, string[]>();
  const given: Given = { entries, files, errors: [], ...indexOf(entries, files) };
  return { value: readField(given, field, name), errors: given.errors };
}

interface Given {
  entries: FormEntries;
  files: FormEntries;
  errors: FormError[];
  /** Numbers of the rows below a name, in order. */
  rows: ReadonlyMap<string, readonly number[]>;
  /** Names below which something is filled in. */
  filled: ReadonlySet<string>;
}

const ROW = /^\d{1,6}(?=$|[/~])/;

/** Looks once at every entry, so that a list of many rows is not searched for each of them. */
function indexOf(entries: FormEntries, files: FormEntries): Pick<Given, "rows" | "filled"> {
  const rows = new Map<string, Set<number>>();
  const filled = new Set<string>();
  for (const [name, texts] of [...entries, ...files]) {
    const says = texts.some((text) => text !== "") && !/~(tab|zone)$/.test(name);
    for (let at = name.indexOf("/"); at !== -1; at = name.indexOf("/", at + 1)) {
      const row = ROW.exec(name.slice(at + 1, at + 8))?.[0];
      if (row === undefined) continue;
      const parent = name.slice(0, at);
      const known = rows.get(parent) ?? new Set();
      rows.set(parent, known.add(Number(row)));
      if (says) filled.add(`${parent}/${row}`);
    }
    if (!says) continue;
    for (const found of name.matchAll(/~a\d+/g)) filled.add(name.slice(0, found.index + found[0].length));
  }
  return { filled, rows: new Map([...rows].map(([parent, known]) => [parent, sorted(known)])) };
}

const sorted = (numbers: Set<number>) => [...numbers].toSorted((one, other) => one - other);

/** The rows that count: those with a mark, and those where something is filled in. */
function rowsOf(given: Given, name: string): number[] {
  const rows = given.rows.get(name) ?? [];
  return rows.filter((row) => {
    const rowName = childName(name, row);
    return given.entries.has(rowMarkName(rowName)) || given.filled.has(rowName);
  });
}

function readField(given: Given, field: FormField, name: string): Json | undefined {
  switch (field.kind) {
    case "number":
    case "slider":
      return readNumber(given, field, name);
    case "switch":
      return readSwitch(given, field, name);
    case "select":
    case "radio":
      return readSelect(given, field, name);
    case "checks":
      return readChecks(given, field, name);
    case "tags":
      return readTags(given, field, name);
    case "date":
    case "time":
    case "datetime":
      return readMoment(given, field, name);
    case "json":
      return readJsonText(given, field, name);
    case "fixed":
      return field.value;
    case "group":
      return readGroup(given, field, name);
    case "list":
      return readList(given, field, name);
    case "map":
      return readMap(given, field, name);
    case "choice":
      return readChoice(given, field, name);
    case "file":
    case "image":
    case "csv":
      return readFile(given, field, name);
    default:
      return readText(given, field, name);
  }
}

const typed = ({ entries }: Given, name: string) => entries.get(name)?.at(-1) ?? "";

function refuse(given: Given, name: string, detail: string): undefined {
  given.errors.push({ name, detail });
  return undefined;
}

/** Refuses a value that breaks a rule; the value stays, so that what is read can still be shown. */
function judged<T extends Json>(
  given: Given,
  value: T,
  at: { field: FormField; name: string; fault: string | undefined },
): T {
  if (at.fault !== undefined) refuse(given, at.name, `${at.field.label} ${at.fault}.`);
  return value;
}

/** What an empty field means: null where it may, else nothing, which a required field does not take. */
function readEmpty(given: Given, field: FormField, name: string): Json | undefined {
  if (field.nullable) return null;
  return field.required ? refuse(given, name, `${field.label} is needed.`) : undefined;
}

function readText(given: Given, field: FormField, name: string): Json | undefined {
  const raw = typed(given, name);
  // Browsers post every line break as two characters.
  const text = field.kind === "password" ? raw : raw.replaceAll("\r\n", "\n");
  if (text === "") {
    const wasCleared = typeof field.initial === "string" && field.initial !== "" && given.entries.has(name);
    const mayBeEmpty = (field.rules.minLength ?? 0) === 0 && field.rules.pattern === undefined;
    return wasCleared && mayBeEmpty && !field.nullable ? "" : readEmpty(given, field, name);
  }
  return judged(given, text, { field, name, fault: textFault(text, field.rules) });
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

function readNumber(given: Given, field: FormField, name: string): Json | undefined {
  const text = typed(given, name).trim();
  if (text === "") return readEmpty(given, field, name);
  const value = Number(text);
  if (!NUMBER.test(text) || !Number.isFinite(value)) {
    return refuse(
      given,
      name,
      `${field.label} must be a number, such as ${field.rules.isInteger ? "12" : "1.5"}.`,
    );
  }
  return judged(given, value, { field, name, fault: numberFault(value, field.rules) });
}

function readSwitch(given: Given, field: FormField, name: string): Json | undefined {
  if (!given.entries.has(name)) return field.required ? false : undefined;
  return ["true", "on", "1"].includes(typed(given, name).toLowerCase());
}

function readSelect(given: Given, field: FieldOf<"select">, name: string): Json | undefined {
  const text = typed(given, name);
  if (text === "") return readEmpty(given, field, name);
  const chosen = findOption(field, text);
  return chosen === undefined ? refuse(given, name, `${field.label} must be one of the choices.`) : chosen;
}

/** An option's entry is its JSON; what a person writes into an address is its value or its label. */
export function findOption({ options }: Pick<FieldOf<"select">, "options">, text: string): Json | undefined {
  const exact = options.find(({ value }) => JSON.stringify(value) === text);
  const alike = exact ?? options.find(({ value, label }) => value === text || label === text);
  return alike?.value;
}

function readChecks(given: Given, field: FieldOf<"select">, name: string): Json {
  const texts = (given.entries.get(name) ?? []).filter((text) => text !== "");
  const found = texts.map((text) => findOption(field, text));
  if (found.includes(undefined)) refuse(given, name, `${field.label} must be among the choices.`);
  const values = found.filter((value) => value !== undefined);
  return judged(given, values, { field, name, fault: listFault(values, field) });
}

function listFault(values: readonly Json[], field: FormField): string | undefined {
  const twice = values.some((value, at) => values.findIndex((other) => isSameJson(other, value)) < at);
  if (field.rules.uniqueItems === true && twice) return "must not have the same twice";
  return countFault(values.length, field.rules, field.kind === "checks" ? "choice" : "item");
}

function readTags(given: Given, field: FormField, name: string): Json {
  const lines = (given.entries.get(name) ?? []).flatMap((text) => text.split(/\r?\n/));
  const tags = lines.filter((line) => line !== "");
  return judged(given, tags, { field, name, fault: listFault(tags, field) });
}

function readMoment(given: Given, field: FormField, name: string): Json | undefined {
  const text = typed(given, name).trim();
  if (text === "") return readEmpty(given, field, name);
  const format = field.kind === "datetime" ? "date-time" : field.kind;
  if (field.kind === "date") return judged(given, text, { field, name, fault: textFault(text, { format }) });
  const { local, zone } = splitZone(text);
  const offset = zone === "" ? offsetAt(local, typed(given, zoneName(name))) : zone;
  if (offset === undefined) return refuse(given, name, `${field.label} has a time zone that nobody knows.`);
  // Browsers leave out seconds that are zero.
  const whole = /(^|[T ])\d\d:\d\d$/.test(local) ? `${local}:00` : local;
  return judged(given, whole + offset, { field, name, fault: textFault(whole + offset, { format }) });
}

function readJsonText(given: Given, field: FieldOf<"json">, name: string): Json | undefined {
  const text = typed(given, name);
  if (text.trim() === "") return readEmpty(given, field, name);
  try {
    const value = readGivenJson(text);
    const isFit =
      field.expects === "any" || (field.expects === "array" ? Array.isArray(value) : isNode(value));
    const wanted = field.expects === "array" ? "a JSON list, in [ ]" : "a JSON object, in { }";
    return judged(given, value, { field, name, fault: isFit ? undefined : `must be ${wanted}` });
  } catch (error) {
    if (!(error instanceof JsonRefused)) throw error;
    return refuse(given, name, `${field.label} must be JSON: ${error.message}.`);
  }
}

function readGroup(given: Given, field: FieldOf<"group">, name: string): Json {
  const values = new Map<string, Json>();
  const read = (inner: FormField) => {
    const value = readField(given, inner, childName(name, inner.name));
    if (value !== undefined) values.set(inner.name, value);
  };
  for (const inner of field.fields) if (inner.when === undefined) read(inner);
  for (const inner of field.fields) if (inner.when !== undefined && isMet(inner.when, values)) read(inner);
  return field.isTuple
    ? field.fields.map((inner) => values.get(inner.name) ?? null)
    : Object.fromEntries(values);
}

function isMet({ field, values }: FieldCondition, read: ReadonlyMap<string, Json>): boolean {
  return values.some((value) => isSameJson(value, read.get(field)));
}

/** Whether a field of `group` is shown, by what is typed in its siblings. */
export function isShown(
  group: Pick<FieldOf<"group">, "fields">,
  field: FormField,
  at: { name: string; entries: FormEntries },
): boolean {
  const { when } = field;
  const sibling = group.fields.find(({ name }) => name === when?.field);
  if (when === undefined || sibling === undefined) return true;
  const { value } = readOne(sibling, childName(at.name, sibling.name), at.entries);
  return when.values.some((wanted) => isSameJson(wanted, value));
}

function readList(given: Given, field: FieldOf<"list">, name: string): Json {
  const values = rowsOf(given, name).map((row) => readField(given, field.item, childName(name, row)) ?? null);
  return judged(given, values, { field, name, fault: listFault(values, field) });
}

function readMap(given: Given, field: FieldOf<"map">, name: string): Json {
  const keys = rowsOf(given, `${name}~k`);
  const rows = [...new Set([...keys, ...rowsOf(given, `${name}~v`)])];
  const values = new Map<string, Json>();
  for (const row of rows) {
    const key = typed(given, keyName(name, row));
    const fault = keyFault(key, field, values);
    if (fault !== undefined) refuse(given, keyName(name, row), `A key of ${field.label} ${fault}.`);
    values.set(key, readField(given, field.item, valueName(name, row)) ?? null);
  }
  const object = Object.fromEntries(values);
  return judged(given, object, { field, name, fault: countFault(values.size, field.rules, "entry") });
}

function keyFault(key: string, field: FieldOf<"map">, known: ReadonlyMap<string, Json>): string | undefined {
  if (known.has(key)) return `is there twice: ${key}`;
  if (field.keyOptions !== null && !field.keyOptions.includes(key))
    return `must be one of ${field.keyOptions.join(", ")}`;
  return field.keyPattern === null ? undefined : textFault(key, { pattern: field.keyPattern });
}

/** The tab that is open: the one that was sent, else the first where something is filled in. */
export function openTab(
  field: FieldOf<"choice">,
  name: string,
  given: { entries: FormEntries; filled?: ReadonlySet<string> },
): number {
  const sent = given.entries.get(tabName(name))?.at(-1) ?? "";
  if (/^\d+$/.test(sent) && Number(sent) < field.alternatives.length) return Number(sent);
  const filled = field.alternatives.findIndex((_, at) => given.filled?.has(alternativeName(name, at)));
  return Math.max(filled, 0);
}

function readChoice(given: Given, field: FieldOf<"choice">, name: string): Json | undefined {
  const at = openTab(field, name, given);
  const inner = field.alternatives[at]?.field ?? null;
  return inner === null ? undefined : readField(given, inner, alternativeName(name, at));
}

function readFile(given: Given, field: FieldOf<"file">, name: string): Json | undefined {
  const came = given.files.get(name) ?? given.entries.get(name) ?? [];
  const ids = came.filter((id) => id !== "");
  if (field.multiple) return judged(given, ids, { field, name, fault: listFault(ids, field) });
  return ids.at(-1) ?? readEmpty(given, field, name);
}
