// Files share one isolate and tests one storage: what a request has left to go on past its test finds nothing there any
// more, and so cannot write among what belongs to the test that follows.
import { AsyncLocalStorage } from "node:async_hooks";

/** One test, as its requests know it. */
interface Term {
  isOver: boolean;
}

const asking = new AsyncLocalStorage<Term>();
let term: Term = { isOver: false };

/** Serves a request as one of the test that runs. */
export function withinTest<T>(serve: () => T): T {
  return asking.run(term, serve);
}

/** From now on what the requests of the test that ran have left under way is refused everything that is stored. */
export function endTest(): void {
  term.isOver = true;
  term = { isOver: false };
}

/** The same bindings for requests: each call of theirs is refused where the test of the request is over. */
export function bindToTest<Bindings extends object>(bindings: Bindings): Bindings {
  const bound = Object.entries(bindings).map(([name, binding]) => [
    name,
    isStored(binding) ? guard(binding) : binding,
  ]);
  return Object.fromEntries(bound) as Bindings;
}

/** A database, a bucket, a kind of objects; a setting is a text. */
const isStored = (binding: unknown): binding is object => typeof binding === "object" && binding !== null;

const guard = <Binding extends object>(binding: Binding): Binding =>
  new Proxy(binding, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found !== "function") return found;
      return (...args: unknown[]): unknown => {
        if (asking.getStore()?.isOver === true) throw new Error("The test that asked for this is over.");
        return Reflect.apply(found, target, args);
      };
    },
  });
