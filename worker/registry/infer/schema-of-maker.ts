import { applyArguments } from "./constraints.ts";
import { adviceFor } from "./plain-types.ts";
import { resolveName } from "../python/python-bundle.ts";
import type { PyArgument, PyExpression } from "../python/python-expression.ts";
import { objectSchema } from "./object-schema.ts";
import { placeOf, showHint } from "./typing.ts";
import type { Hint, Schema, SchemaOf, Typing } from "./typing.ts";

/** A type that is made by a call: `NewType(...)`, `conint(ge=1)`, `TypedDict("Name", {...})`. */
interface Made {
  hint: Hint;
  callee: PyExpression;
  args: readonly PyArgument[];
  depth: number;
  schemaOf: SchemaOf;
}

const CONSTRAINED: Readonly<Record<string, Schema>> = {
  "pydantic.conint": { type: "integer" },
  "pydantic.confloat": { type: "number" },
  "pydantic.constr": { type: "string" },
  "pydantic.conbytes": { type: "string", contentEncoding: "base64" },
  "pydantic.condecimal": { type: "string", format: "decimal" },
  "pydantic.condate": { type: "string", format: "date" },
};

export function schemaOfMaker(typing: Typing, made: Made): Schema {
  const { hint, callee, args } = made;
  const { file } = hint;
  const meaning = callee.kind === "name" ? resolveName(typing.bundle, file, callee.path) : null;
  const path = meaning?.kind === "library" ? meaning.path : "";
  const base = Object.hasOwn(CONSTRAINED, path) ? CONSTRAINED[path] : undefined;
  if (base !== undefined) return applyArguments(typing, { ...base }, { file, args, names: [] });
  const inner = (expression: PyExpression) => made.schemaOf(typing, { file, expression }, made.depth + 1);
  const [first, second] = args;
  switch (path) {
    case "typing.NewType":
      if (second !== undefined) return inner(second.value);
      break;
    case "pydantic.conlist":
    case "pydantic.conset":
    case "pydantic.confrozenset":
      if (first !== undefined) {
        const list: Schema = { type: "array", items: inner(first.value) };
        const whole = path === "pydantic.conlist" ? list : { ...list, uniqueItems: true };
        return applyArguments(typing, whole, { file, args: args.slice(1), names: [] });
      }
      break;
    case "typing.TypedDict":
    case "typing.NamedTuple":
    case "collections.namedtuple":
    case "dataclasses.make_dataclass": {
      const fields = second === undefined ? null : listFields(second.value);
      if (fields !== null) {
        return objectSchema(
          fields.map(({ name, type }) => ({
            name,
            schema: type === null ? {} : inner(type),
            isRequired: !args.some((one) => one.name === "total" && isFalse(one.value)),
          })),
        );
      }
      break;
    }
    default:
  }
  typing.report(placeOf(hint), "error", {
    code: "type_unknown",
    message: `${showHint(hint.expression)} cannot be a field of a form.`,
    fix: adviceFor(path),
  });
  return {};
}

const isFalse = (value: PyExpression) => value.kind === "constant" && value.value === false;

interface MadeField {
  name: string;
  type: PyExpression | null;
}

/** `{"a": int}`, `[("a", int)]`, `["a", "b"]` or `"a b"`. */
function listFields(value: PyExpression): MadeField[] | null {
  if (value.kind === "text") {
    return value.value
      .split(/[\s,]+/)
      .filter((name) => name !== "")
      .map((name) => ({ name, type: null }));
  }
  if (value.kind === "mapping") return allOrNone(value.entries.map(([key, type]) => fieldOf(key, type)));
  if (value.kind !== "sequence") return null;
  return allOrNone(
    value.items.map((item) => {
      if (item.kind !== "sequence") return fieldOf(item, null);
      const [key, type] = item.items;
      return key === undefined ? null : fieldOf(key, type ?? null);
    }),
  );
}

function fieldOf(key: PyExpression, type: PyExpression | null): MadeField | null {
  return key.kind === "text" ? { name: key.value, type } : null;
}

function allOrNone(fields: readonly (MadeField | null)[]): MadeField[] | null {
  const known = fields.filter((field) => field !== null);
  return known.length === fields.length ? known : null;
}
