const IGNORED_FOLDERS = new Set([
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
]);
const IGNORED_FILES = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

/**
 * Whether a path is left out of a bundle without a word: version control, caches and virtual environments, which no run
 * needs. node_modules is kept: a dependency may be packed in the bundle (the CLI leaves it out unless told otherwise).
 */
export function isIgnored(path: string): boolean {
  const steps = path.split("/");
  const name = steps.at(-1) ?? "";
  if (steps.slice(0, -1).some((step) => IGNORED_FOLDERS.has(step))) return true;
  return IGNORED_FILES.has(name) || /\.py[co]$/.test(name) || name.startsWith("._");
}
