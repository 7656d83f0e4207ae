import type { JsonSchema } from "#contract/actions/action";
import { didYouMean } from "../suggest.ts";
import { parseExpression } from "./expression.ts";
import type { Expression } from "./expression.ts";
import { describeTypes, itemOf, memberOf, typesOf } from "./fits.ts";

/** What is known of the names that an expression may read. */
export type Shapes = Readonly<Record<string, JsonSchema>>;

export interface Inferred {
  /** What its value keeps to; {} where nothing is known. */
  schema: JsonSchema;
  /** What it reads and can never be there, each as a sentence. */
  faults: string[];
}

const UNKNOWN: JsonSchema = {};
const is = (type: string): JsonSchema => ({ type });

/** What an expression gives, as far as that is known without its values. Pure. */
export function inferShape(text: string, shapes: Shapes): Inferred {
  const tree = parseExpression(text);
  if (tree === null) return { schema: UNKNOWN, faults: [] };
  const faults: string[] = [];
  const schema = infer(tree, { shapes, faults });
  // Whoever asks whether it is there knows that it may not be.
  return { schema, faults: /\bhas\s*\(/.test(text) ? [] : [...new Set(faults)] };
}

interface Scope {
  shapes: Shapes;
  faults: string[];
}

const CALLS: Readonly<Record<string, string>> = {
  size: "integer",
  int: "integer",
  double: "number",
  sum: "number",
  string: "string",
  bool: "boolean",
  has: "boolean",
  startsWith: "boolean",
  endsWith: "boolean",
  contains: "boolean",
  matches: "boolean",
};

function infer(node: Expression, scope: Scope): JsonSchema {
  switch (node.op) {
    case "value":
      return ofLiteral(node.args);
    case "id":
      return Object.hasOwn(scope.shapes, node.args) ? (scope.shapes[node.args] ?? UNKNOWN) : UNKNOWN;
    case ".":
      return readMember(infer(node.args[0], scope), { of: node.args[0], name: node.args[1], scope });
    case "[]":
      return readIndex(node.args, scope);
    case "call":
      node.args[1].forEach((one) => infer(one, scope));
      return ofCall(node.args[0]);
    case "rcall":
      return ofMethod(node.args, scope);
    case "list":
      return { type: "array", items: either(node.args.map((one) => infer(one, scope))) };
    case "map":
      return ofMap(node.args, scope);
    case "?:":
      infer(node.args[0], scope);
      return either([infer(node.args[1], scope), infer(node.args[2], scope)]);
    case "!_":
      infer(node.args, scope);
      return is("boolean");
    case "-_":
      infer(node.args, scope);
      return is("number");
    case ".?":
    case "[?]":
      return UNKNOWN;
    default:
      return ofOperator(node.op, [infer(node.args[0], scope), infer(node.args[1], scope)]);
  }
}

function ofLiteral(value: unknown): JsonSchema {
  if (typeof value === "bigint") return { type: "integer", const: Number(value) };
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return { type: typeof value, const: value };
  return value === null ? is("null") : UNKNOWN;
}

function ofCall(name: string): JsonSchema {
  const type = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
  return type === undefined ? UNKNOWN : is(type);
}

function readMember(
  schema: JsonSchema,
  { of, name, scope }: { of: Expression; name: string; scope: Scope },
): JsonSchema {
  const types = typesOf(schema);
  const path = pathOf(of);
  if (types !== null && !types.includes("object")) {
    scope.faults.push(`${path} is ${describeTypes(types)}, which has no ${name}.`);
    return UNKNOWN;
  }
  const member = memberOf(schema, name);
  if (member.kind === "known") return member.schema;
  const has = member.names.length === 0 ? "" : `, only ${member.names.join(", ")}`;
  scope.faults.push(`${path} has no ${name}${has}.${didYouMean(name, member.names)}`);
  return UNKNOWN;
}

function pathOf(node: Expression): string {
  if (node.op === "id") return node.args;
  if (node.op === ".") return `${pathOf(node.args[0])}.${node.args[1]}`;
  return "it";
}

function readIndex([of, index]: [Expression, Expression], scope: Scope): JsonSchema {
  const schema = infer(of, scope);
  if (index.op === "value" && typeof index.args === "string")
    return readMember(schema, { of, name: index.args, scope });
  infer(index, scope);
  const types = typesOf(schema);
  return types?.length === 1 && types[0] === "array" ? itemOf(schema) : UNKNOWN;
}

function ofMethod([name, target, given]: [string, Expression, Expression[]], scope: Scope): JsonSchema {
  const list = infer(target, scope);
  const [bound] = given;
  const isBinding = ["map", "filter", "all", "exists", "exists_one"].includes(name) && bound?.op === "id";
  if (!isBinding) {
    given.forEach((one) => infer(one, scope));
    return ofCall(name);
  }
  const within = { ...scope, shapes: { ...scope.shapes, [bound.args]: itemOf(list) } };
  const results = given.slice(1).map((one) => infer(one, within));
  if (name === "filter") return typesOf(list)?.includes("array") === true ? list : is("array");
  return name === "map" ? { type: "array", items: results.at(-1) ?? UNKNOWN } : is("boolean");
}

function ofMap(entries: readonly [Expression, Expression][], scope: Scope): JsonSchema {
  const known = entries.map(([key, value]) => {
    const schema = infer(value, scope);
    return key.op === "value" && typeof key.args === "string" ? ([key.args, schema] as const) : null;
  });
  const named = known.filter((one) => one !== null);
  if (named.length < entries.length) return is("object");
  return { type: "object", properties: Object.fromEntries(named), additionalProperties: false };
}

/** One of several; {} where one of them is not known. Pure. */
export function either(schemas: readonly JsonSchema[]): JsonSchema {
  const [first] = schemas;
  if (first === undefined || schemas.some((one) => Object.keys(one).length === 0)) return UNKNOWN;
  return schemas.every((one) => JSON.stringify(one) === JSON.stringify(first))
    ? first
    : { anyOf: [...schemas] };
}

const COUNTS: readonly string[] = ["-", "*", "/", "%"];

function ofOperator(op: string, sides: readonly [JsonSchema, JsonSchema]): JsonSchema {
  if (COUNTS.includes(op)) return is("number");
  if (op !== "+") return is("boolean");
  const [left, right] = sides.map((side) => typesOf(side)?.join(" ") ?? "");
  const isText = left === "string" && right === "string";
  if (isText) return is("string");
  const isNumber = [left, right].every((side) => side === "integer" || side === "number");
  if (!isNumber) return UNKNOWN;
  return left === "integer" && right === "integer" ? is("integer") : is("number");
}

/** The shape of a value that an author wrote out. Pure. */
export function shapeOfValue(value: unknown): JsonSchema {
  if (Array.isArray(value)) return { type: "array", items: either(value.map(shapeOfValue)) };
  if (!isObjectValue(value)) return ofLiteral(value);
  const properties = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOfValue(one)]));
  return { type: "object", properties, additionalProperties: false };
}

function isObjectValue(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
