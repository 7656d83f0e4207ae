import { Environment, EvaluationError, ParseError } from "@marcbachmann/cel-js";
import type { ASTNode } from "@marcbachmann/cel-js";
import type { Json } from "#contract/json";
import { pipelineLimits } from "#contract/pipelines/limits";
import { meter } from "./meter.ts";

/*
 * Expressions of pipelines: CEL, which compiles no code, has no way out of its values, and ends: by construction, and here
 * after as many steps as `meter` gives it. Numbers of JSON are doubles, so that one with an integer of the expression is counted as numbers are everywhere else.
 * Language: https://github.com/google/cel-spec
 */

const LIMITS = {
  maxAstNodes: 500,
  maxDepth: 40,
  maxListElements: 200,
  maxMapEntries: 200,
  maxCallArguments: 16,
};

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: LIMITS,
});
const arithmetic: Record<string, (a: number, b: number) => number> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};
for (const [sign, count] of Object.entries(arithmetic)) {
  environment.registerOperator(`double ${sign} int`, (a: number, b: bigint) => count(a, Number(b)));
  environment.registerOperator(`int ${sign} double`, (a: bigint, b: number) => count(Number(a), b));
}

/** What CEL has no word for, and a list of numbers is read for most. */
environment.registerFunction("sum(list): double", (numbers: unknown[]) =>
  numbers.reduce<number>((sum, one) => sum + Number(one), 0),
);

export type Expression = ASTNode;

/** What an expression is: the names that it reads, or what is wrong with it, in a sentence. */
export type ExpressionReading = { kind: "read"; names: Set<string> } | { kind: "wrong"; message: string };

/** Reads an expression without evaluating it. Pure. */
export function readExpression(text: string): ExpressionReading {
  const most = pipelineLimits.expression_characters.value;
  if (text.length > most) return { kind: "wrong", message: `It has more than ${most} characters` };
  try {
    const names = new Set<string>();
    collectNames(environment.parse(text).ast, { names, bound: new Set() });
    return { kind: "read", names };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { kind: "wrong", message: firstLine(error) };
  }
}

/** The tree of an expression; null for one that is none. Pure. */
export function parseExpression(text: string): ASTNode | null {
  return readExpression(text).kind === "read" ? environment.parse(text).ast : null;
}

/** `absent`: it reads what is not there. */
export type Evaluated = { kind: "value"; value: Json } | { kind: "absent" | "wrong"; message: string };

/** Evaluates an expression over named values. Pure. */
export function evaluate(text: string, values: Readonly<Record<string, Json>>): Evaluated {
  try {
    const parsed = environment.parse(text);
    meter(parsed.ast);
    const value = plain(parsed(values));
    return value === undefined
      ? { kind: "wrong", message: "The expression gives something that is no value of JSON." }
      : { kind: "value", value };
  } catch (error) {
    if (error instanceof ParseError) return { kind: "wrong", message: firstLine(error) };
    // A stack or a text that is too large for the machine is the expression's doing, too.
    if (error instanceof RangeError) return { kind: "wrong", message: error.message };
    if (!(error instanceof EvaluationError)) throw error;
    return { kind: ABSENT.has(error.code) ? "absent" : "wrong", message: firstLine(error) };
  }
}

const ABSENT: ReadonlySet<string> = new Set(["no_such_key", "index_out_of_bounds", "invalid_index"]);

function firstLine({ message }: Error): string {
  return message.split("\n")[0] ?? message;
}

/** As a value of JSON, where CEL's integers are BigInts; undefined for what is none. */
function plain(value: unknown): Json | undefined {
  if (typeof value === "bigint") return Number(value);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) {
    const items = value.map(plain);
    return items.every((one) => one !== undefined) ? items : undefined;
  }
  const isPlain = typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
  if (!(value instanceof Map) && !isPlain) return undefined;
  const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value ?? {});
  const members = new Map<string, Json>();
  for (const [key, one] of entries) {
    const member = plain(one);
    if (member === undefined) return undefined;
    members.set(String(key), member);
  }
  return Object.fromEntries(members);
}

/** Macros that name what they go through: `list.map(x, x.name)`. */
const BINDING: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

interface Collected {
  names: Set<string>;
  /** Names that a macro around gives. */
  bound: ReadonlySet<string>;
}

function collectNames(node: ASTNode, into: Collected): void {
  switch (node.op) {
    case "id":
      if (!into.bound.has(node.args)) into.names.add(node.args);
      return;
    case "value":
      return;
    case ".":
    case ".?":
      return collectNames(node.args[0], into);
    case "call":
      return node.args[1].forEach((one) => collectNames(one, into));
    case "rcall":
      return collectOfCall(node.args, into);
    case "list":
      return node.args.forEach((one) => collectNames(one, into));
    case "map":
      return node.args.flat().forEach((one) => collectNames(one, into));
    case "!_":
    case "-_":
      return collectNames(node.args, into);
    default:
      for (const one of node.args) collectNames(one, into);
  }
}

function collectOfCall([name, target, given]: [string, ASTNode, ASTNode[]], into: Collected): void {
  collectNames(target, into);
  const [first] = given;
  const binds = BINDING.has(name) && first?.op === "id" ? first.args : null;
  if (binds === null) return given.forEach((one) => collectNames(one, into));
  const within = { ...into, bound: new Set([...into.bound, binds]) };
  given.slice(1).forEach((one) => collectNames(one, within));
}
