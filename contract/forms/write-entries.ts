import type { Json } from "../json.ts";
import { alternativeName, childName, keyName, rowMarkName, tabName, valueName, zoneName } from "./form.ts";
import type { FieldOf, FormField, FormModel } from "./form.ts";
import { readOne } from "./read-form.ts";
import { isNode, isSameJson } from "./schema-parts.ts";
import { splitZone } from "./zone.ts";

type Entries = Map<string, string[]>;

/** What to write of a value. */
interface Writing {
  entries: Entries;
  /** Passwords and files are left out, for values that come from elsewhere than this form. */
  withoutSecrets: boolean;
}

/** The form as it stands before anybody typed: its defaults. */
export function initialEntries(form: FormModel): Entries {
  return entriesOf(form, undefined);
}

/**
 * The entries that read as `value`; where the value says nothing, the defaults. What does not fit (a past input of
 * another version) is written as well as it can be, and reading it says what is wrong.
 */
export function entriesOf(form: FormModel, value: Json | undefined, withoutSecrets = false): Entries {
  const entries: Entries = new Map();
  writeField({ entries, withoutSecrets }, form.root, { name: "", value });
  return entries;
}

/** The entries of one new row of a list, or of one field below `name`. */
export function fieldEntries(field: FormField, name: string, value?: Json): Entries {
  const entries: Entries = new Map();
  writeField({ entries, withoutSecrets: false }, field, { name, value });
  return entries;
}

interface At {
  name: string;
  value: Json | undefined;
}

function writeField(to: Writing, field: FormField, { name, value: given }: At): void {
  const value = given === undefined ? (field.initial ?? startOf(field)) : given;
  const at = { name, value };
  switch (field.kind) {
    case "fixed":
      return;
    case "group":
      return writeGroup(to, field, at);
    case "list":
      return writeList(to, field, at);
    case "map":
      return writeMap(to, field, at);
    case "choice":
      return writeChoice(to, field, at);
    case "switch":
      to.entries.set(name, [value === true ? "true" : "false"]);
      return;
    case "json":
      if (value !== undefined) to.entries.set(name, [JSON.stringify(value, null, 2)]);
      return;
    default:
      writeScalar(to, field, at);
  }
}

/** A slider stands at its lower end before anybody moves it. */
function startOf(field: FormField): Json | undefined {
  return field.kind === "slider" ? field.rules.minimum : undefined;
}

function writeScalar({ entries, withoutSecrets }: Writing, field: FormField, { name, value }: At): void {
  const isSecret = field.kind === "password" || "multiple" in field;
  if (value === undefined || (isSecret && withoutSecrets)) return;
  if (value === null) {
    entries.set(name, [""]);
    return;
  }
  const values = Array.isArray(value) ? value : [value];
  switch (field.kind) {
    case "select":
    case "radio":
    case "checks":
      entries.set(
        name,
        values.map((one) => JSON.stringify(one)),
      );
      return;
    case "time":
    case "datetime": {
      const { local, zone } = splitZone(plain(value));
      entries.set(name, [local]);
      if (zone !== "") entries.set(zoneName(name), [zone]);
      return;
    }
    default:
      entries.set(name, field.kind === "tags" || "multiple" in field ? values.map(plain) : [plain(value)]);
  }
}

const plain = (value: Json) => (typeof value === "string" ? value : JSON.stringify(value));

function writeGroup(to: Writing, field: FieldOf<"group">, { name, value }: At): void {
  for (const inner of field.fields) {
    const own =
      field.isTuple && Array.isArray(value) ? value[Number(inner.name)] : memberOf(value, inner.name);
    writeField(to, inner, { name: childName(name, inner.name), value: own });
  }
}

const memberOf = (value: Json | undefined, name: string) =>
  isNode(value) && Object.hasOwn(value, name) ? value[name] : undefined;

function writeList(to: Writing, field: FieldOf<"list">, { name, value }: At): void {
  if (!Array.isArray(value)) return;
  for (const [row, item] of value.entries()) {
    const rowName = childName(name, row);
    to.entries.set(rowMarkName(rowName), ["1"]);
    writeField(to, field.item, { name: rowName, value: item });
  }
}

function writeMap(to: Writing, field: FieldOf<"map">, { name, value }: At): void {
  if (!isNode(value)) return;
  for (const [row, [key, item]] of Object.entries(value).entries()) {
    to.entries.set(rowMarkName(keyName(name, row)), ["1"]);
    to.entries.set(keyName(name, row), [key]);
    writeField(to, field.item, { name: valueName(name, row), value: item });
  }
}

/** Opens the tab in which the value reads back as it is; of several the first. */
function writeChoice(to: Writing, field: FieldOf<"choice">, { name, value }: At): void {
  if (value === undefined) {
    to.entries.set(tabName(name), ["0"]);
    const first = field.alternatives[0]?.field ?? null;
    if (first !== null) writeField(to, first, { name: alternativeName(name, 0), value });
    return;
  }
  const fit = field.alternatives.findIndex((tab, at) => tab.field !== null && survives(tab.field, at, value));
  const loose = field.alternatives.findIndex((tab) => tab.field !== null && tab.field.kind !== "fixed");
  const chosen = Math.max(fit === -1 ? loose : fit, 0);
  to.entries.set(tabName(name), [String(chosen)]);
  const inner = field.alternatives[chosen]?.field ?? null;
  if (inner !== null) writeField(to, inner, { name: alternativeName(name, chosen), value });
}

function survives(field: FormField, at: number, value: Json): boolean {
  const name = alternativeName("", at);
  const read = readOne(field, name, fieldEntries(field, name, value));
  return read.errors.length === 0 && isSameJson(read.value, value);
}
