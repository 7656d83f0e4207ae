import type { PyAssignment, PyClass, PyFunction, PyImport, PyModule } from "./python-module.ts";
import { parseModule } from "./python-module.ts";

/** The Python files of a bundle; each is parsed when it is first asked for. */
export interface PythonBundle {
  /** By the path in the bundle. */
  find: (path: string) => PyModule | null;
}

/** What a name in a file stands for. */
export type Meaning =
  /** Not of this bundle: `typing.Optional`, `datetime.date`; builtins without a module. */
  | { kind: "library"; path: string }
  | { kind: "class"; file: string; definition: PyClass }
  | { kind: "value"; file: string; definition: PyAssignment }
  | { kind: "function"; file: string; definition: PyFunction }
  /** A member of something else that is known: `Color.RED`. */
  | { kind: "member"; of: Meaning; name: string };

/** So many imports a name is followed through. */
const MOST_STEPS = 20;

/** Modules that say the same under another name. */
const SAME_MODULES: readonly (readonly [RegExp, string])[] = [
  [/^typing_extensions\./, "typing."],
  [/^collections\.abc\./, "typing."],
  [/^pydantic\.(?:fields|main|types|networks|v1)\./, "pydantic."],
  [/^pydantic\.dataclasses\.dataclass$/, "dataclasses.dataclass"],
  [/^decimal\._/, "decimal."],
];
/** The old names of what the builtins say today. */
const OLD_GENERICS: Readonly<Record<string, string>> = {
  "typing.List": "list",
  "typing.Dict": "dict",
  "typing.Set": "set",
  "typing.FrozenSet": "frozenset",
  "typing.Tuple": "tuple",
  "typing.Text": "str",
  "builtins.int": "int",
  "builtins.str": "str",
};

export function openPythonBundle(sources: ReadonlyMap<string, string>): PythonBundle {
  const known = new Map<string, PyModule>();
  return {
    find: (path) => {
      const source = sources.get(path);
      if (source === undefined) return null;
      const module = known.get(path) ?? parseModule(source);
      known.set(path, module);
      return module;
    },
  };
}

/** What a dotted name means in a file: its own definitions first, then its imports, then Python's own names. */
export function resolveName(bundle: PythonBundle, file: string, path: readonly string[]): Meaning {
  return resolveIn(bundle, { file, path, steps: MOST_STEPS });
}

interface Step {
  file: string;
  path: readonly string[];
  steps: number;
}

function resolveIn(bundle: PythonBundle, { file, path, steps }: Step): Meaning {
  const [head = "", ...rest] = path;
  const module = bundle.find(file);
  const own = module === null ? null : findOwn(module, file, head);
  if (own !== null) return memberOf(own, rest);
  const imported = module?.imports.get(head);
  if (imported !== undefined && steps > 0)
    return followImport(bundle, imported, { file, path: rest, steps: steps - 1 });
  for (const whole of module?.wholeImports ?? []) {
    const found = steps > 0 ? findWhole(bundle, whole, { file, path, steps: steps - 1 }) : null;
    if (found !== null) return found;
  }
  return { kind: "library", path: canonical(path.join(".")) };
}

function findOwn(module: PyModule, file: string, name: string): Meaning | null {
  const type = module.classes.get(name);
  if (type !== undefined) return { kind: "class", file, definition: type };
  const made = module.functions.get(name);
  if (made !== undefined) return { kind: "function", file, definition: made };
  const value = module.values.get(name);
  return value === undefined ? null : { kind: "value", file, definition: value };
}

function memberOf(of: Meaning, rest: readonly string[]): Meaning {
  return rest.reduce<Meaning>((owner, name) => ({ kind: "member", of: owner, name }), of);
}

function followImport(bundle: PythonBundle, imported: PyImport, step: Step): Meaning {
  // `from package import module` may name a file as well as something in one.
  const asked = imported.name === null ? step.path : [imported.name, ...step.path];
  const places = placesOf(imported, step.file);
  for (const [index] of [...asked, ""].entries()) {
    const inner = asked.slice(0, asked.length - index);
    const found = findFile(bundle, places, inner.slice(0, -1));
    const name = inner.at(-1);
    if (found !== null && name !== undefined) {
      const after = asked.slice(inner.length - 1);
      return resolveIn(bundle, { file: found, path: after, steps: step.steps });
    }
  }
  const dots = ".".repeat(imported.level);
  return { kind: "library", path: canonical([`${dots}${imported.module.join(".")}`, ...asked].join(".")) };
}

function findWhole(bundle: PythonBundle, whole: PyImport, { file, path, steps }: Step): Meaning | null {
  const found = findFile(bundle, placesOf(whole, file), []);
  if (found !== null) {
    const meaning = resolveIn(bundle, { file: found, path, steps });
    return meaning.kind === "library" && !meaning.path.includes(".") ? null : meaning;
  }
  const isOwn = BUILTIN_NAMES.has(path[0] ?? "");
  const isKnownModule = /^(?:typing|typing_extensions|datetime|pydantic|dataclasses|enum)$/.test(
    whole.module.join("."),
  );
  return !isOwn && isKnownModule
    ? { kind: "library", path: canonical([...whole.module, ...path].join(".")) }
    : null;
}

/** The folders and names under which a module may lie: beside the file that names it, or at the top of the bundle. */
function placesOf({ level, module }: PyImport, file: string): string[][] {
  const folder = file.split("/").slice(0, -1);
  if (level === 0) return [[...folder, ...module], [...module], ["src", ...module]];
  return level - 1 > folder.length ? [] : [[...folder.slice(0, folder.length - (level - 1)), ...module]];
}

function findFile(bundle: PythonBundle, places: readonly string[][], more: readonly string[]): string | null {
  for (const place of places) {
    const path = [...place, ...more].join("/");
    for (const candidate of [`${path}.py`, path === "" ? "__init__.py" : `${path}/__init__.py`])
      if (bundle.find(candidate) !== null) return candidate;
  }
  return null;
}

function canonical(path: string): string {
  const same = SAME_MODULES.reduce((name, [pattern, to]) => name.replace(pattern, to), path);
  return OLD_GENERICS[same] ?? same;
}

/** Python's own names that a hint may use. */
const BUILTIN_NAMES: ReadonlySet<string> = new Set(
  "str int float bool bytes bytearray complex list dict set frozenset tuple object type None".split(" "),
);
