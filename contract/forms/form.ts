import type { Json } from "../json.ts";

/** A choice of a field: what is sent, and what people read. */
export interface FieldOption {
  value: Json;
  label: string;
}

/** What a text, number or list must keep to; each is checked only where it is given. */
export interface FieldRules {
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  isInteger?: boolean;
}

/** The field is there only while its sibling `field` has one of `values`. */
export interface FieldCondition {
  field: string;
  values: readonly Json[];
}

interface FieldFacts {
  /** The property's name, or the place in a tuple; empty for the items of lists and maps. */
  name: string;
  label: string;
  description: string;
  required: boolean;
  /** Left empty, it is sent as null. */
  nullable: boolean;
  rules: FieldRules;
  initial?: Json;
  placeholder?: string;
  /** In which language a text of code is written. */
  language?: string;
  when?: FieldCondition;
}

export type TextKind = "text" | "long_text" | "password" | "email" | "url" | "color" | "code";
export type FileKind = "file" | "image" | "csv";

interface ShapeByKind {
  text: { kind: TextKind };
  number: { kind: "number" | "slider"; step: number | "any" };
  switch: { kind: "switch" };
  select: { kind: "select" | "radio" | "checks"; options: readonly FieldOption[] };
  tags: { kind: "tags" };
  moment: { kind: "date" | "time" | "datetime" };
  json: { kind: "json"; expects: "object" | "array" | "any" };
  fixed: { kind: "fixed"; value: Json };
  group: { kind: "group"; fields: readonly FormField[]; isTuple: boolean };
  list: { kind: "list"; item: FormField };
  map: { kind: "map"; item: FormField; keyPattern: string | null; keyOptions: readonly string[] | null };
  choice: { kind: "choice"; alternatives: readonly Alternative[] };
  file: {
    kind: FileKind;
    accept: readonly string[];
    multiple: boolean;
    maxBytes: number | null;
    columns: readonly string[];
  };
}

/** One tab of a union; null is the tab that leaves the field out. */
export interface Alternative {
  label: string;
  field: FormField | null;
}

export type FieldShape = ShapeByKind[keyof ShapeByKind];

/** One field of a form, whatever shows it. */
export type FormField = FieldFacts & FieldShape;
export type FieldOf<Kind extends keyof ShapeByKind> = FieldFacts & ShapeByKind[Kind];

/** Fields under one heading; the first section may have none. */
export interface FormSection {
  title: string;
  fields: readonly FormField[];
}

/** What a form is, before anybody typed: the same for the app, for a public page and for a page without JavaScript. */
export interface FormModel {
  root: FieldOf<"group">;
  sections: readonly FormSection[];
  /** Inputs that somebody may try it with; null where the schema has none. */
  sample: Json | null;
}

/**
 * What was typed, as a browser posts it: texts by entry name. A field's entry name is the JSON pointer of its value.
 * What has no place in the value stands behind a `~` that no pointer may have: `~tab` (the tab of a union that is open,
 * by number), `~a<n>` (the fields of tab n), `~row` (a list's row that counts though it is empty), `~k/<n>` and
 * `~v/<n>` (key and value of a map's row), `~zone` (the zone of a time). A page has to send "false" for a switch that is
 * off (a hidden input before the box), or it counts as not shown.
 */
export type FormEntries = ReadonlyMap<string, readonly string[]>;

/** A sentence about one entry. */
export interface FormError {
  name: string;
  detail: string;
  /** Where within the entry's value it is wrong: a JSON pointer; absent for the value as a whole. */
  within?: string;
}

/** The entry name of what is called `token` inside of `parent`; the root is the empty name. */
export function childName(parent: string, token: string | number): string {
  return `${parent}/${String(token).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The tokens of a JSON pointer or of its fragment form; none for the empty pointer. */
export function pointerTokens(pointer: string): string[] {
  const tokens = pointer.replace(/^#/, "").split("/").slice(1);
  return tokens.map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export const tabName = (name: string): string => `${name}~tab`;
export const alternativeName = (name: string, at: number): string => `${name}~a${at}`;
export const rowMarkName = (name: string): string => `${name}~row`;
export const zoneName = (name: string): string => `${name}~zone`;
export const keyName = (name: string, row: number): string => `${name}~k/${row}`;
export const valueName = (name: string, row: number): string => `${name}~v/${row}`;

/** Gathers name and text pairs, as form data gives them, into entries. */
export function gatherEntries(pairs: Iterable<readonly [string, string]>): Map<string, string[]> {
  const entries = new Map<string, string[]>();
  for (const [name, text] of pairs) {
    const texts = entries.get(name);
    if (texts === undefined) entries.set(name, [text]);
    else texts.push(text);
  }
  return entries;
}
