import { parseExpression } from "./expression.ts";
import type { Expression } from "./expression.ts";

/** Any item of a list. */
export const ITEM = null;

/** What an expression reads, from a name on: `["route", "outputs", "lines", ITEM, "text"]`. */
export type ReadPath = readonly (string | null)[];

/** Names that stand for something else, such as `item` of a stage with for_each; null for what no path says. */
export type Aliases = Readonly<Record<string, ReadPath | null>>;

export interface PathReading {
  /** What it reads. A path is read as a whole, with all that lies below it. */
  reads: ReadPath[];
  /** The list or value that the expression is itself, where it only goes to one; it is not in `reads`. */
  is: ReadPath | null;
}

/** What an expression reads of the values that it names, as far as that is told without them. Pure. */
export function readPaths(text: string, aliases: Aliases = {}): PathReading {
  const tree = parseExpression(text);
  const reads: ReadPath[] = [];
  return { reads, is: tree === null ? null : follow(tree, { reads, aliases }) };
}

interface Scope {
  reads: ReadPath[];
  aliases: Aliases;
}

/** Macros that name what they go through: `list.map(x, x.name)`. */
const BINDING: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** The value is looked at, and all of it counts. */
function use(node: Expression, scope: Scope): void {
  const path = follow(node, scope);
  if (path !== null) scope.reads.push(path);
}

/** Where an expression leads to, which nobody has looked at yet; null where it gives something of its own. */
function follow(node: Expression, scope: Scope): ReadPath | null {
  switch (node.op) {
    case "value":
      return null;
    case "id":
      return Object.hasOwn(scope.aliases, node.args) ? (scope.aliases[node.args] ?? null) : [node.args];
    case ".":
    case ".?":
      return below(follow(node.args[0], scope), node.args[1]);
    case "[]":
    case "[?]":
      return followIndex(node.args, scope);
    case "call":
      node.args[1].forEach((one) => use(one, scope));
      return null;
    case "rcall":
      return followMethod(node.args, scope);
    case "list":
      node.args.forEach((one) => use(one, scope));
      return null;
    case "map":
      node.args.flat().forEach((one) => use(one, scope));
      return null;
    case "!_":
    case "-_":
      use(node.args, scope);
      return null;
    default:
      for (const one of node.args) use(one, scope);
      return null;
  }
}

const below = (path: ReadPath | null, step: ReadPath[number]): ReadPath | null =>
  path === null ? null : [...path, step];

function followIndex([of, index]: readonly [Expression, Expression], scope: Scope): ReadPath | null {
  const path = follow(of, scope);
  if (index.op === "value" && typeof index.args === "string") return below(path, index.args);
  if (index.op === "value") return below(path, ITEM);
  use(index, scope);
  // Whatever it is the index of: all of it may be meant.
  if (path !== null) scope.reads.push(path);
  return null;
}

function followMethod(
  [name, target, given]: readonly [string, Expression, Expression[]],
  scope: Scope,
): ReadPath | null {
  const path = follow(target, scope);
  const [bound, ...rest] = given;
  if (!BINDING.has(name) || bound?.op !== "id") {
    if (path !== null) scope.reads.push(path);
    given.forEach((one) => use(one, scope));
    return null;
  }
  const within = { ...scope, aliases: { ...scope.aliases, [bound.args]: below(path, ITEM) } };
  const before = scope.reads.length;
  rest.forEach((one) => use(one, within));
  if (name === "filter") return path;
  // A list whose items tell nothing of what is read of them is read itself.
  if (path !== null && !scope.reads.slice(before).some((read) => isBelow(read, path))) scope.reads.push(path);
  return null;
}

/** Whether one path is another one, or leads through it. Pure. */
export function isBelow(path: ReadPath, above: ReadPath): boolean {
  return above.every((step, at) => path[at] === step);
}

/** A path in words: `lines[].text`. Pure. */
export function describePath(path: ReadPath): string {
  return path.reduce<string>((text, step) => {
    if (step === ITEM) return `${text}[]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}
