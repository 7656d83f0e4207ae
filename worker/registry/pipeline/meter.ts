import { EvaluationError } from "@marcbachmann/cel-js";
import { pipelineLimits } from "#contract/pipelines/limits";
import { measurePattern } from "#contract/forms/measure-pattern";

/*
 * Holds the evaluation of an expression to a number of steps, and what it builds to a size. CEL ends by construction, but
 * macros in macros, texts that double and patterns that try everything end when nobody waits any more, and the edge
 * does nothing else meanwhile. The library has limits on how an expression is written alone, so that each node of the tree is
 * measured as it is evaluated; a node that cannot be is refused.
 */

/** So many characters are looked at, or copied, in the time of one step. */
const CHARACTERS_PER_STEP = 128;
/** So many characters are compared with those of a pattern, or of another text, in the time of one step. */
const COMPARED_PER_STEP = 1024;

interface Evaluator {
  run: (node: unknown, scope: unknown) => unknown;
}

type Evaluate = (evaluator: Evaluator, node: unknown, scope: unknown) => unknown;

interface TreeNode {
  op: string;
  args: unknown;
  meta: { evaluate: Evaluate };
  setMeta: (key: "evaluate", evaluate: Evaluate) => unknown;
}

function isNode(value: unknown): value is TreeNode {
  if (!isHolder(value) || !("op" in value) || !("setMeta" in value) || !("meta" in value)) return false;
  const { meta, setMeta, op } = value;
  const hasEvaluate = isHolder(meta) && "evaluate" in meta && typeof meta.evaluate === "function";
  return typeof op === "string" && typeof setMeta === "function" && hasEvaluate;
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const isHolder = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Only looks up a part of what they are given, or asks how large it is. */
const READING: ReadonlySet<string> = new Set([".", ".?", "[]", "[?]", "comprehension", "?:", "list", "map"]);
/** Whatever makes a value that was not there before. */
const BUILDING: ReadonlySet<string> = new Set(["+", "list", "map", "comprehension", "call", "rcall"]);
/** Their work grows with the one text times the other. */
const SEARCHING: ReadonlySet<string> = new Set(["contains", "indexOf", "lastIndexOf", "split"]);

/** Measures each node of a parsed expression from now on. Throws EvaluationError as it is evaluated, where it takes too much. */
export function meter(tree: unknown): void {
  if (!isNode(tree)) throw new TypeError("An expression without a tree cannot be measured.");
  new Meter().watch(tree, new Set());
}

class Meter {
  #steps = 0;
  readonly #weights = new WeakMap<object, number>();

  watch(value: unknown, seen: Set<object>, isRead = true): void {
    if (!isHolder(value) || seen.has(value)) return;
    seen.add(value);
    if (!isNode(value)) {
      for (const inner of Object.values(value)) this.watch(inner, seen, isRead);
      return;
    }
    const node = value;
    const { evaluate } = node.meta;
    node.setMeta("evaluate", (evaluator, self, scope) => {
      this.#spend(1);
      this.#foresee(node, (inner) => evaluator.run(inner, scope));
      const found = evaluate(evaluator, self, scope);
      this.#weigh(node, found, isRead);
      return found;
    });
    const readsOnly = READING.has(node.op) || nameOf(node) === "size";
    this.watch(node.args, seen, readsOnly);
    this.watch(node.meta, seen, isRead);
  }

  /** What has to be known before it is done. */
  #foresee(node: TreeNode, run: (inner: unknown) => unknown): void {
    const name = nameOf(node);
    if (name === null) return;
    const [, on, given] = itemsOf(node.args);
    const [first] = itemsOf(given);
    if (first === undefined || (name !== "join" && name !== "matches" && !SEARCHING.has(name))) return;
    const [subject, other] = [run(on), run(first)];
    if (typeof other !== "string") return;
    if (name === "join") {
      const size = Array.isArray(subject) ? this.#weightOf(subject) + subject.length * other.length : 0;
      this.#hold(size);
    } else if (typeof subject === "string") {
      const isPattern = name === "matches";
      this.#spend(
        isPattern ? stepsOfPattern(subject, other) : (subject.length * other.length) / COMPARED_PER_STEP,
      );
    }
  }

  #weigh(node: TreeNode, found: unknown, isRead: boolean): void {
    const builds = BUILDING.has(node.op);
    if (typeof found !== "string" && !builds && isRead) return;
    if (node.op === "accuPush" || node.op === "accuValue") return;
    const weight = this.#weightOf(found);
    if (builds) this.#hold(weight);
    this.#spend(weight / CHARACTERS_PER_STEP);
  }

  /** How many characters and values it holds, those that it holds twice counted twice. */
  #weightOf(value: unknown): number {
    if (typeof value === "string") return value.length + 1;
    if (!isHolder(value)) return 1;
    const known = this.#weights.get(value);
    if (known !== undefined) return known;
    const entries = value instanceof Map ? [...value].flat() : Object.entries(value).flat();
    const inner: unknown[] = Array.isArray(value) ? value : entries;
    let weight = 1;
    for (const one of inner) weight += this.#weightOf(one);
    this.#weights.set(value, weight);
    return weight;
  }

  #hold(weight: number): void {
    const most = pipelineLimits.expression_value_characters.value;
    if (weight > most) throw tooMuch(`It makes a value of more than ${most} characters`);
  }

  #spend(steps: number): void {
    this.#steps += steps;
    const most = pipelineLimits.expression_steps.value;
    if (this.#steps > most) throw tooMuch(`It takes more than ${most} steps`);
  }
}

function tooMuch(what: string): EvaluationError {
  return new EvaluationError({ code: "too_much", message: `${what}, which is the most for an expression.` });
}

function nameOf(node: TreeNode): string | null {
  if (node.op !== "rcall" && node.op !== "call") return null;
  const [name] = itemsOf(node.args);
  return typeof name === "string" ? name : null;
}

function stepsOfPattern(subject: string, pattern: string): number {
  const cost = measurePattern(pattern);
  if (cost.kind === "bounded") return (subject.length + 1) ** cost.power / COMPARED_PER_STEP;
  throw new EvaluationError({ code: "slow_pattern", message: `A pattern cannot be used: ${cost.why}` });
}
