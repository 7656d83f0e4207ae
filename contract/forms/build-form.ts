import type { Json } from "../json.ts";
import { beginSentence } from "../words.ts";
import type { Alternative, FieldCondition, FieldOf, FormField, FormModel, FormSection } from "./form.ts";
import { asNode, findLocal, isNode, listOf, textOf, textsOf } from "./schema-parts.ts";
import type { SchemaNode } from "./schema-parts.ts";
import { rulesOf, scalarShape } from "./scalar-shape.ts";

/** A schema may ask for more than any page should hold; what comes after these many fields is typed as JSON. */
const MOST_FIELDS = 400;
const MOST_LEVELS = 8;

/** Where the builder stands: the whole schema, what is being followed, and how much is left. */
interface Place {
  root: SchemaNode;
  refs: readonly string[];
  level: number;
  budget: { left: number };
}

interface Wanted {
  name: string;
  required: boolean;
  schema: Json | undefined;
}

/**
 * The form of an action's inputs. Takes any JSON Schema and never throws: what it has no field for is typed as JSON, and
 * what a form cannot judge is left to the API, whose errors find their field by `placeErrors`.
 */
export function buildForm(inputSchema: Readonly<Record<string, Json>>): FormModel {
  const place: Place = { root: inputSchema, refs: [], level: 0, budget: { left: MOST_FIELDS } };
  const schema = resolve(inputSchema, place).schema;
  const root: FieldOf<"group"> = {
    ...factsOf({ name: "", required: true, schema }, schema),
    kind: "group",
    isTuple: false,
    fields: groupFields(schema, place),
  };
  return { root, sections: sectionsOf(root, schema), sample: sampleOf(schema, place) };
}

function sectionsOf(root: FieldOf<"group">, schema: SchemaNode): FormSection[] {
  const properties = asNode(schema["properties"]);
  const titleOf = ({ name }: FormField) => textOf(asNode(properties[name])["x-floom-section"]) ?? "";
  const bySection = Map.groupBy(root.fields, titleOf);
  const titles = [...bySection.keys()].toSorted((one, other) => Number(one !== "") - Number(other !== ""));
  return titles.map((title) => ({ title, fields: bySection.get(title) ?? [] }));
}

/** A whole example where the schema has one, else the examples of its properties; null where there is none. */
function sampleOf(schema: SchemaNode, place: Place): Json | null {
  const whole = listOf(schema["examples"])[0];
  if (isNode(whole)) return whole;
  const found = Object.entries(asNode(schema["properties"])).flatMap(([name, property]) => {
    const example = listOf(resolve(asNode(property), place).schema["examples"])[0];
    return example === undefined ? [] : [[name, example] as const];
  });
  return found.length === 0 ? null : Object.fromEntries(found);
}

/** Follows `$ref` and a lone member of `allOf`; what stands beside them wins. */
function resolve(given: SchemaNode, place: Place): { schema: SchemaNode; place: Place; isCircle: boolean } {
  let schema = given;
  let refs = place.refs;
  for (let step = 0; step < MOST_LEVELS; step++) {
    const [only, ...others] = listOf(schema["allOf"]);
    const ref = textOf(schema["$ref"]);
    if (ref !== undefined) {
      if (refs.includes(ref)) return { schema, place, isCircle: true };
      refs = [...refs, ref];
      const { $ref: _, ...beside } = schema;
      schema = { ...findLocal(place.root, ref), ...beside };
    } else if (isNode(only) && others.length === 0 && only["if"] === undefined) {
      const { allOf: _, ...beside } = schema;
      schema = { ...only, ...beside };
    } else break;
  }
  return { schema, place: { ...place, refs, level: place.level + 1 }, isCircle: false };
}

/** The words of a name: `first_name` and `firstName` read "First name"; what a list holds has no name. */
function labelOf(name: string): string {
  const words = name.replaceAll(/[_-]+/g, " ").replaceAll(/([a-z])([A-Z])/g, "$1 $2");
  return beginSentence(words.trim().toLowerCase()) || name || "Item";
}

function factsOf({ name, required }: Wanted, schema: SchemaNode) {
  const placeholder = textOf(schema["x-floom-placeholder"]);
  const language = textOf(schema["x-floom-language"]);
  const initial = schema["default"];
  return {
    name,
    label: textOf(schema["title"]) ?? labelOf(name),
    description: textOf(schema["description"]) ?? "",
    required,
    nullable: false,
    rules: rulesOf(schema),
    ...(initial !== undefined && { initial }),
    ...(placeholder !== undefined && { placeholder }),
    ...(language !== undefined && { language }),
  };
}

/** One field for one schema. */
function fieldOf(wanted: Wanted, from: Place): FormField {
  const { schema, place, isCircle } = resolve(asNode(wanted.schema), from);
  const facts = factsOf(wanted, schema);
  place.budget.left--;
  if (isCircle || place.level > MOST_LEVELS || place.budget.left <= 0)
    return leaveOutable({ ...facts, kind: "json", expects: "any" });
  const branches = branchesOf(schema, place);
  if (branches !== null) return unionField(branches, facts, place);
  if (schema["const"] !== undefined) return leaveOutable({ ...facts, kind: "fixed", value: schema["const"] });
  const scalar = scalarShape(schema, facts);
  if (scalar !== null) return { ...facts, ...scalar };
  return leaveOutable(compositeField(schema, facts, place));
}

/** The tabs of a union without the one for null; null where the schema is no union. */
function branchesOf(schema: SchemaNode, place: Place): { open: SchemaNode[]; hasNull: boolean } | null {
  const types = listOf(schema["type"]);
  const listed = listOf(schema["anyOf"] ?? schema["oneOf"]);
  const given = types.length > 0 ? types.map((type): Json => ({ ...schema, type })) : listed;
  if (given.length === 0) return null;
  const nodes = given.map(asNode);
  const open = nodes.filter((node) => resolve(node, place).schema["type"] !== "null");
  return { open, hasNull: open.length < nodes.length };
}

type Facts = ReturnType<typeof factsOf>;

/** A value that may be null is one field where empty can mean null; everything else gets tabs. */
function unionField(
  { open, hasNull }: { open: SchemaNode[]; hasNull: boolean },
  facts: Facts,
  place: Place,
): FormField {
  const canBeLeftOut = !facts.required && facts.initial === undefined;
  const [only, ...others] = open;
  if (only !== undefined && others.length === 0 && !(hasNull && canBeLeftOut)) {
    const inner = fieldOf({ ...facts, required: facts.required, schema: only }, place);
    const own = {
      ...inner,
      ...facts,
      rules: inner.rules,
      description: facts.description || inner.description,
    };
    if (!hasNull) return own;
    if (own.kind === "switch") return { ...own, nullable: true, kind: "select", options: yesOrNo };
    if (own.kind === "slider") return { ...own, nullable: true, kind: "number" };
    if (own.kind === "radio") return { ...own, nullable: true, kind: "select" };
    if (canBeEmpty(own)) return { ...own, nullable: true };
  }
  const alternatives = open.map((schema): Alternative => {
    const field = fieldOf({ name: facts.name, required: true, schema }, place);
    return { label: branchLabel(schema, field, place), field };
  });
  const none: FormField = { ...bare(facts), kind: "fixed", value: null };
  const all = hasNull ? [...alternatives, { label: "None", field: none }] : alternatives;
  return leaveOutable({ ...facts, kind: "choice", alternatives: all });
}

const yesOrNo = [
  { value: true, label: "Yes" },
  { value: false, label: "No" },
];

/** The facts of a tab: it is always given when it is the open one, and its union has the default. */
function bare(facts: Facts): Facts {
  const { initial: _, ...rest } = facts;
  return { ...rest, required: true };
}

function canBeEmpty({ kind, ...more }: FormField): boolean {
  if ("multiple" in more && more.multiple) return false;
  return !["json", "fixed", "group", "list", "map", "choice", "checks", "tags", "switch"].includes(kind);
}

/** What is always sent when it is shown gets a tab that leaves it out, where it may be left out and has no default. */
function leaveOutable(field: FormField): FormField {
  if (field.required || field.initial !== undefined || field.kind === "json") return field;
  const leftOut: Alternative = { label: "Leave out", field: null };
  if (field.kind === "choice") return { ...field, alternatives: [leftOut, ...field.alternatives] };
  const { name, label, description, rules } = field;
  const inner: FormField = { ...field, required: true };
  const alternatives = [leftOut, { label: "Fill in", field: inner }];
  return { name, label, description, rules, required: false, nullable: false, kind: "choice", alternatives };
}

const kindWords: Partial<Record<FormField["kind"], string>> = {
  text: "Text",
  long_text: "Text",
  number: "Number",
  slider: "Number",
  switch: "Yes or no",
  list: "List",
  tags: "List",
  checks: "Several",
  map: "Keys and values",
  json: "JSON",
  group: "Fields",
  datetime: "Date and time",
  url: "Web address",
  email: "E-mail address",
};

function branchLabel(schema: SchemaNode, field: FormField, place: Place): string {
  const title = textOf(resolve(schema, place).schema["title"]);
  if (field.kind === "fixed") return title ?? JSON.stringify(field.value);
  if (field.kind === "number" && field.rules.isInteger === true) return title ?? "Whole number";
  return title ?? kindWords[field.kind] ?? beginSentence(field.kind.replaceAll("_", " "));
}

function compositeField(schema: SchemaNode, facts: Facts, place: Place): FormField {
  if (schema["type"] === "array") return arrayField(schema, facts, place);
  if (schema["type"] === "object" || schema["properties"] !== undefined)
    return objectField(schema, facts, place);
  return { ...facts, kind: "json", expects: "any" };
}

function arrayField(schema: SchemaNode, facts: Facts, place: Place): FormField {
  const places = listOf(schema["prefixItems"]);
  if (places.length > 0) {
    const isWhole = schema["items"] === false || facts.rules.maxItems === places.length;
    if (!isWhole || (facts.rules.minItems ?? 0) < places.length)
      return { ...facts, kind: "json", expects: "array" };
    const fields = places.map((item, at) => {
      const label = textOf(asNode(item)["title"]) ?? `Part ${at + 1}`;
      return { ...fieldOf({ name: String(at), required: true, schema: item }, place), label };
    });
    return { ...facts, kind: "group", isTuple: true, fields };
  }
  if (!isNode(schema["items"])) return { ...facts, kind: "json", expects: "array" };
  const item = fieldOf({ name: "", required: true, schema: schema["items"] }, place);
  return { ...facts, ...listShape(item, schema) };
}

/** Choices become boxes to tick, texts that are tags one box, files one picker; all else is a row for each item. */
function listShape(item: FormField, schema: SchemaNode) {
  if ((item.kind === "select" || item.kind === "radio") && !item.nullable)
    return { kind: "checks" as const, options: item.options };
  if (item.kind === "text" && schema["x-floom-widget"] === "tags") return { kind: "tags" as const };
  if ("multiple" in item && !item.nullable) {
    const { kind, accept, maxBytes, columns } = item;
    return { kind, accept, maxBytes, columns, multiple: true };
  }
  return { kind: "list" as const, item };
}

function objectField(schema: SchemaNode, facts: Facts, place: Place): FormField {
  const others = schema["additionalProperties"];
  const hasNames = Object.keys(asNode(schema["properties"])).length > 0;
  if (hasNames && !isNode(others))
    return { ...facts, kind: "group", isTuple: false, fields: groupFields(schema, place) };
  if (hasNames || !isNode(others)) return { ...facts, kind: "json", expects: "object" };
  const keys = asNode(schema["propertyNames"]);
  const keyOptions = textsOf(keys["enum"]);
  return {
    ...facts,
    kind: "map",
    item: { ...fieldOf({ name: "", required: true, schema: others }, place), label: "Value" },
    keyPattern: textOf(keys["pattern"]) ?? null,
    keyOptions: keyOptions.length > 0 ? keyOptions : null,
  };
}

/** The fields of an object's properties, then those that an `if` of it brings in. */
function groupFields(schema: SchemaNode, place: Place): FormField[] {
  const required = textsOf(schema["required"]);
  const properties = asNode(schema["properties"]);
  const own = Object.entries(properties).map(([name, property]) => {
    const field = fieldOf({ name, required: required.includes(name), schema: property }, place);
    const when = conditionOf(asNode(property)["x-floom-when"]);
    return when === undefined || !Object.hasOwn(properties, when.field) ? field : { ...field, when };
  });
  const rules = [schema, ...listOf(schema["allOf"]).map(asNode)].filter((rule) => isNode(rule["if"]));
  return own.concat(rules.flatMap((rule) => conditionalFields(rule, properties, place)));
}

function conditionalFields(rule: SchemaNode, own: SchemaNode, place: Place): FormField[] {
  const then = asNode(rule["then"]);
  const [tested] = Object.entries(asNode(asNode(rule["if"])["properties"]));
  const when = tested === undefined ? undefined : testOf(tested[0], asNode(tested[1]));
  if (when === undefined) return [];
  const required = textsOf(then["required"]);
  const added = Object.entries(asNode(then["properties"])).filter(([name]) => !Object.hasOwn(own, name));
  return added.map(([name, schema]) => ({
    ...fieldOf({ name, required: required.includes(name), schema }, place),
    when,
  }));
}

function testOf(field: string, test: SchemaNode): FieldCondition | undefined {
  const values = test["const"] === undefined ? listOf(test["enum"]) : [test["const"]];
  return values.length === 0 ? undefined : { field, values };
}

/** `x-floom-when: {kind: express}` or `{kind: [express, bike]}` on a property. */
function conditionOf(given: Json | undefined): FieldCondition | undefined {
  const [entry] = Object.entries(asNode(given));
  if (entry === undefined) return undefined;
  const [field, wanted] = entry;
  return { field, values: Array.isArray(wanted) ? wanted : [wanted] };
}
