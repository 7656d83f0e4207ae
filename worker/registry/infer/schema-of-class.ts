import { annotate, argumentNamed, isConstraint } from "./constraints.ts";
import { evaluateDefault } from "./evaluate-default.ts";
import { enumKind, listMembers } from "./enum-members.ts";
import { objectSchema } from "./object-schema.ts";
import type { ObjectField } from "./object-schema.ts";
import { adviceFor } from "./plain-types.ts";
import { resolveName } from "../python/python-bundle.ts";
import type { Meaning } from "../python/python-bundle.ts";
import type { PyExpression } from "../python/python-expression.ts";
import type { PyAssignment } from "../python/python-module.ts";
import { describeParameters, readDocstring } from "./docstring.ts";
import { labelOf, placeOf } from "./typing.ts";
import type { Hint, Schema, SchemaOf, Typing } from "./typing.ts";

type ClassMeaning = Extract<Meaning, { kind: "class" }>;

interface Asked {
  hint: Hint;
  depth: number;
  schemaOf: SchemaOf;
}

type Form = "dataclass" | "typed_dict" | "named_tuple" | "model";

/** The schema of a class of the bundle: a choice for an enumeration, else an object of its fields under `$defs`. */
export function schemaOfClass(typing: Typing, type: ClassMeaning, asked: Asked): Schema {
  const key = `${type.file}:${type.definition.name}`;
  const enumeration = enumKind(typing, type);
  if (enumeration === "flag") return refuseClass(typing, type, asked);
  if (enumeration !== null)
    return typing.definitions.refer(key, type.definition.name, () => choiceOf(typing, type, asked));
  const root = rootModelOf(typing, type);
  if (root !== null) {
    return typing.definitions.inline(key, type.definition.name, () =>
      asked.schemaOf(typing, { file: type.file, expression: root }, asked.depth + 1),
    );
  }
  const form = formOf(typing, type, 0);
  if (form === null || type.definition.isGeneric) return refuseClass(typing, type, asked);
  return typing.definitions.refer(key, type.definition.name, () =>
    recordOf(typing, type, { ...asked, form }),
  );
}

function refuseClass(typing: Typing, type: ClassMeaning, { hint }: Asked): Schema {
  const name = type.definition.name;
  typing.report(placeOf(hint), "error", {
    code: "class_unknown",
    message: `${name} is a class whose fields cannot be read without running it.`,
    fix: type.definition.isGeneric
      ? `Make ${name} a dataclass without type parameters.`
      : `Put @dataclass over ${name}, or make it a TypedDict, NamedTuple or pydantic model.`,
  });
  return {};
}

function choiceOf(typing: Typing, type: ClassMeaning, { hint }: Asked): Schema {
  const members = listMembers(typing, type);
  if (members.length === 0) {
    typing.report(placeOf(hint), "error", {
      code: "empty_enum",
      message: `${type.definition.name} has no members.`,
      fix: adviceFor(""),
    });
    return {};
  }
  const kinds = new Set(members.map(({ wire }) => (typeof wire === "number" ? "number" : typeof wire)));
  const [kind = "string"] = kinds;
  const isWhole = members.every(({ wire }) => Number.isInteger(wire));
  return {
    title: labelOf(type.definition.name),
    ...(type.definition.docstring !== null && { description: type.definition.docstring }),
    ...(kinds.size === 1 && { type: kind === "number" && isWhole ? "integer" : kind }),
    enum: members.map(({ wire }) => wire),
    "x-floom-labels": members.map(({ name }) => labelOf(name.toLowerCase())),
  };
}

const BASES: Readonly<Record<string, Form>> = {
  "typing.TypedDict": "typed_dict",
  "typing.NamedTuple": "named_tuple",
  "pydantic.BaseModel": "model",
};
const DATACLASSES: ReadonlySet<string> = new Set([
  "dataclasses.dataclass",
  "attr.s",
  "attrs.define",
  "attrs.frozen",
]);

/** So many classes a class is followed up through. */
const MOST_BASES = 20;

function formOf(typing: Typing, type: ClassMeaning, steps: number): Form | null {
  const isDataclass = type.definition.decorators.some((decorator) => {
    const callee = decorator.kind === "call" ? decorator.callee : decorator;
    const meaning = callee.kind === "name" ? resolveName(typing.bundle, type.file, callee.path) : null;
    return meaning?.kind === "library" && DATACLASSES.has(meaning.path);
  });
  if (isDataclass) return "dataclass";
  for (const base of basesOf(typing, type)) {
    const form =
      base.kind === "class"
        ? steps < MOST_BASES
          ? formOf(typing, base, steps + 1)
          : null
        : base.kind === "library" && Object.hasOwn(BASES, base.path)
          ? (BASES[base.path] ?? null)
          : null;
    // What inherits from a dataclass and is none itself has the fields of its base alone.
    if (form !== null) return form;
  }
  return null;
}

function basesOf(typing: Typing, type: ClassMeaning): Meaning[] {
  return (type.definition.bases ?? []).flatMap(({ name, value }) =>
    name === null && value.kind === "name" ? [resolveName(typing.bundle, type.file, value.path)] : [],
  );
}

/** `class Tags(RootModel[list[str]])` is what it wraps. */
function rootModelOf(typing: Typing, type: ClassMeaning): PyExpression | null {
  for (const { value } of type.definition.bases ?? []) {
    if (value.kind !== "subscript" || value.value.kind !== "name") continue;
    const meaning = resolveName(typing.bundle, type.file, value.value.path);
    if (meaning.kind === "library" && meaning.path === "pydantic.RootModel") return value.items[0] ?? null;
  }
  return null;
}

interface Building extends Asked {
  form: Form;
}

function recordOf(typing: Typing, type: ClassMeaning, building: Building): Schema {
  const doc = readDocstring(type.definition.docstring);
  return objectSchema(fieldsOf(typing, type, { ...building, steps: 0 }), {
    title: labelOf(type.definition.name),
    ...(doc.summary !== "" && { description: doc.summary }),
  });
}

/** The fields of the bases first, each replaced where it is written again, as Python has it. */
function fieldsOf(typing: Typing, type: ClassMeaning, building: Building & { steps: number }): ObjectField[] {
  const fields = new Map<string, ObjectField>();
  const bases = building.steps < MOST_BASES ? basesOf(typing, type).toReversed() : [];
  for (const base of bases) {
    if (base.kind !== "class" || formOf(typing, base, 0) === null) continue;
    for (const field of fieldsOf(typing, base, { ...building, steps: building.steps + 1 }))
      fields.set(field.name, field);
  }
  for (const field of ownFields(typing, type, building)) fields.set(field.name, field);
  return describeParameters([...fields.values()], readDocstring(type.definition.docstring).parameters);
}

function ownFields(typing: Typing, type: ClassMeaning, building: Building): ObjectField[] {
  const isTotal = !(type.definition.bases ?? []).some(
    ({ name, value }) => name === "total" && value.kind === "constant" && value.value === false,
  );
  return type.definition.fields.flatMap((field) => {
    const read = readField(typing, type.file, { field, building, isTotal });
    return read === null ? [] : [read];
  });
}

interface FieldAsked {
  field: PyAssignment;
  building: Building;
  isTotal: boolean;
}

function readField(
  typing: Typing,
  file: string,
  { field, building, isTotal }: FieldAsked,
): ObjectField | null {
  const { annotation, value, name } = field;
  const isHidden = name.startsWith("_") || name === "model_config";
  if (annotation === null || isHidden) return null;
  const hint = { file, expression: annotation };
  const wrapper = wrapperOf(typing, hint);
  if (wrapper === "typing.ClassVar") return null;
  const base = building.schemaOf(typing, hint, building.depth + 1);
  const schema: Schema = {
    title: labelOf(name),
    ...base,
    ...(field.note !== null && { description: field.note }),
  };
  if (building.form === "typed_dict") {
    const isRequired = wrapper === "typing.Required" || (isTotal && wrapper !== "typing.NotRequired");
    return { name, schema, isRequired };
  }
  if (value === null) return { name, schema, isRequired: true };
  return isFieldCall(typing, file, value)
    ? readFieldCall(typing, { name, schema }, { file, expression: value })
    : withDefault(typing, { name, schema }, { file, expression: value });
}

/** `field(default=...)` of a dataclass, `Field(...)` of a model. */
function readFieldCall(
  typing: Typing,
  field: { name: string; schema: Schema },
  call: Hint & { expression: PyExpression & { kind: "call" } },
): ObjectField | null {
  const { args } = call.expression;
  // What the class itself fills is nothing to send, and there to be read.
  if (isFalse(argumentNamed(args, "init"))) return typing.isOutput ? { ...field, isRequired: true } : null;
  const schema = isConstraint(typing, call) ? annotate(typing, field.schema, call) : field.schema;
  const alias = argumentNamed(args, "alias") ?? argumentNamed(args, "validation_alias");
  const named = { name: alias?.kind === "text" ? alias.value : field.name, schema };
  const given = argumentNamed(args, "default") ?? args.find((one) => one.name === null)?.value;
  if (given !== undefined && !(given.kind === "constant" && given.value === "..."))
    return withDefault(typing, named, { file: call.file, expression: given });
  const factory = argumentNamed(args, "default_factory");
  if (factory === undefined) return { ...named, isRequired: true };
  const made: PyExpression = { at: factory.at, kind: "call", callee: factory, args: [] };
  return withDefault(typing, named, { file: call.file, expression: made });
}

const isFalse = (value: PyExpression | undefined) => value?.kind === "constant" && value.value === false;

function isFieldCall(
  typing: Typing,
  file: string,
  value: PyExpression,
): value is PyExpression & { kind: "call" } {
  if (value.kind !== "call" || value.callee.kind !== "name") return false;
  const meaning = resolveName(typing.bundle, file, value.callee.path);
  const isField = /^(?:dataclasses\.field|pydantic\.Field|attrs?\.(?:field|ib))$/;
  return meaning.kind === "library" && isField.test(meaning.path);
}

function withDefault(typing: Typing, field: { name: string; schema: Schema }, hint: Hint): ObjectField {
  const value = evaluateDefault(typing, hint);
  return { ...field, isRequired: false, ...(value.known && { default: value.value }) };
}

/** The whole name of what a hint is wrapped in: `ClassVar[int]` is "typing.ClassVar". */
function wrapperOf(typing: Typing, { file, expression }: Hint): string | null {
  const outer = expression.kind === "subscript" ? expression.value : expression;
  if (outer.kind !== "name") return null;
  const meaning = resolveName(typing.bundle, file, outer.path);
  return meaning.kind === "library" ? meaning.path : null;
}
