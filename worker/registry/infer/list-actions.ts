import type { Said, TypingFinding } from "./finding.ts";
import { evaluateDefault } from "./evaluate-default.ts";
import { argumentNamed } from "./constraints.ts";
import { resolveName } from "../python/python-bundle.ts";
import type { PythonBundle } from "../python/python-bundle.ts";
import type { PyExpression } from "../python/python-expression.ts";
import type { PyFunction } from "../python/python-module.ts";
import { Definitions } from "./typing.ts";

/** A function of the entry file that becomes an action, under its name on the wire. */
export interface ChosenAction {
  name: string;
  title: string | null;
  description: string | null;
  definition: PyFunction;
}

interface Choice {
  actions: ChosenAction[];
  findings: TypingFinding[];
}

/** What a tool may be called (MCP: letters, digits, `_` and `-`), with room for its worker's name before it. */
const ACTION_NAME = /^[A-Za-z0-9_-]{1,48}$/;
/** Decorators that make a function the answer to a web request or a command line. */
const FRAMEWORKS =
  /^(?:get|post|put|patch|delete|head|options|route|websocket|api_route|command|group|task)$/;

/**
 * The functions of a file that become actions: those decorated as such, else the public ones, which `__all__` may
 * narrow. Told as errors: signatures that are no Python, names that no tool can have, and what belongs to a web
 * framework.
 */
export function listActions(bundle: PythonBundle, entry: string): Choice {
  const module = bundle.find(entry);
  if (module === null) return { actions: [], findings: [] };
  const findings: TypingFinding[] = [];
  const report = (definition: PyFunction, said: Said, at = definition.at) => {
    findings.push({ ...at, ...said, severity: "error", file: entry, action: definition.name });
  };
  if (module.unreadable !== null)
    findings.push({ ...module.unreadable, ...TOO_DEEP, severity: "error", file: entry, action: null });
  const decorated = [...module.functions.values()].filter((one) => decoratorOf(bundle, entry, one) !== null);
  const candidates = decorated.length > 0 ? decorated : publicFunctions(bundle, entry);
  const actions: ChosenAction[] = [];
  const names = new Set<string>();
  for (const definition of candidates) {
    const action = readAction(bundle, entry, definition);
    const fault = faultOf(action, names);
    if (fault !== null) report(definition, fault.said, fault.at);
    else if (isWebHandler(definition)) report(definition, WEB_HANDLER);
    else actions.push(action);
    names.add(action.name);
  }
  return { actions, findings };
}

const TOO_DEEP: Said = {
  code: "file_too_deep",
  message: "Brackets lie deeper in each other than Python reads.",
  fix: "Close them.",
};

const WEB_HANDLER: Said = {
  code: "web_framework",
  message: "The function answers a web framework's requests; a worker is called, not served.",
  fix: "Remove the decorator: the function itself becomes the form, the endpoint and the tool.",
};

function faultOf(
  { name, definition }: ChosenAction,
  before: ReadonlySet<string>,
): { said: Said; at?: PyFunction["at"] } | null {
  if (definition.broken !== null) {
    return {
      at: definition.broken,
      said: {
        code: "bad_signature",
        message: `The signature of ${definition.name} is no Python.`,
        fix: "Correct it; `python -m py_compile` names the place.",
      },
    };
  }
  if (definition.isGeneric) {
    return {
      said: {
        code: "generic_function",
        message: `${definition.name} has types of its own as parameters, which a form cannot choose.`,
        fix: "Write the types that are meant, as a union.",
      },
    };
  }
  if (!ACTION_NAME.test(name)) {
    return {
      said: {
        code: "bad_action_name",
        message: `${name} cannot be an action's name: 1 to 48 letters, digits, _ and -.`,
        fix: '@floom.action(name="another-name") gives it another.',
      },
    };
  }
  if (before.has(name)) {
    return {
      said: {
        code: "same_action_name",
        message: `Two actions are called ${name}.`,
        fix: '@floom.action(name="another-name") gives one of them another.',
      },
    };
  }
  return null;
}

function publicFunctions(bundle: PythonBundle, entry: string): PyFunction[] {
  const module = bundle.find(entry);
  if (module === null) return [];
  const all = module.values.get("__all__")?.value;
  const typing = { bundle, definitions: new Definitions(), isOutput: false, report: () => {} };
  const listed =
    all === undefined || all === null ? null : evaluateDefault(typing, { file: entry, expression: all });
  const names = listed?.known === true && Array.isArray(listed.value) ? listed.value : null;
  const open = [...module.functions.values()].filter(({ name }) =>
    names === null ? name !== "" && !name.startsWith("_") : names.includes(name),
  );
  // `main` of a file with other functions starts it by hand.
  const others = open.filter(({ name, parameters }) => name !== "main" || parameters.length > 0);
  return others.length > 0 ? others : open;
}

/** The decorator that says a function is an action: `@floom.action`, or `@app.action` of an app of the file. */
function decoratorOf(bundle: PythonBundle, entry: string, definition: PyFunction): PyExpression | null {
  return (
    definition.decorators.find((decorator) => {
      const callee = decorator.kind === "call" ? decorator.callee : decorator;
      if (callee.kind !== "name" || callee.path.at(-1) !== "action") {
        const meaning = callee.kind === "name" ? resolveName(bundle, entry, callee.path) : null;
        return meaning?.kind === "library" && meaning.path === "floom.action";
      }
      const meaning = resolveName(bundle, entry, callee.path);
      if (meaning.kind === "library") return /^(?:floom|runit)\.(?:app\.)?action$/.test(meaning.path);
      return (
        meaning.kind === "member" &&
        meaning.of.kind === "value" &&
        meaning.of.definition.value?.kind === "call"
      );
    }) ?? null
  );
}

function readAction(bundle: PythonBundle, entry: string, definition: PyFunction): ChosenAction {
  const decorator = decoratorOf(bundle, entry, definition);
  const args = decorator?.kind === "call" ? decorator.args : [];
  const textOf = (name: string) => {
    const value = argumentNamed(args, name);
    return value?.kind === "text" && value.value.trim() !== "" ? value.value : null;
  };
  const [first] = args;
  const byPosition = first?.name === null && first.value.kind === "text" ? first.value.value : null;
  return {
    name: textOf("name") ?? byPosition ?? definition.name,
    title: textOf("title") ?? textOf("label"),
    description: textOf("description"),
    definition,
  };
}

function isWebHandler({ decorators }: PyFunction): boolean {
  return decorators.some((decorator) => {
    const callee = decorator.kind === "call" ? decorator.callee : decorator;
    return callee.kind === "name" && callee.path.length > 1 && FRAMEWORKS.test(callee.path.at(-1) ?? "");
  });
}
