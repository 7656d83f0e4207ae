const folders = [
  ".git",
  ".hg",
  ".svn",
  "__pycache__",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  ".venv",
  "venv",
  ".floom",
  "__MACOSX",
];
/** `.git` is a file where a folder is another's worktree or submodule. */
const names = [".git", ".DS_Store", "Thumbs.db", "desktop.ini"];
const endings = [".pyc", ".pyo"];
const beginnings = ["._"];

/**
 * What never belongs to a worker, as lines of a .gitignore: version control, caches, virtual environments, what systems
 * leave in folders, this platform's own state.
 */
export const ignoredPatterns: readonly string[] = [
  ...folders.map((folder) => `${folder}/`),
  ...names,
  ...endings.map((ending) => `*${ending}`),
  ...beginnings.map((beginning) => `${beginning}*`),
];

/**
 * Whether a path is left out of a bundle without a word, by the same list. node_modules is kept: a dependency may be
 * packed in the bundle (the CLI leaves it out unless told otherwise).
 */
export function isIgnored(path: string): boolean {
  const steps = path.split("/");
  const name = steps.at(-1) ?? "";
  if (steps.slice(0, -1).some((step) => folders.includes(step))) return true;
  if (names.includes(name)) return true;
  return (
    endings.some((ending) => name.endsWith(ending)) ||
    beginnings.some((beginning) => name.startsWith(beginning))
  );
}
