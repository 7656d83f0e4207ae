/**
 * Whether a path fits a pattern: `*` is any part of one step, `**` any number of steps, `?` one character. A pattern that
 * names a folder means all that is below it. Pure.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  return matchSteps(pattern.replace(/\/+$/, "").split("/"), path.split("/"));
}

function matchSteps(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return true;
  if (first === "**") return path.some((_, at) => matchSteps(rest, path.slice(at)));
  const [step, ...below] = path;
  return step !== undefined && matchStep(first, step) && matchSteps(rest, below);
}

/** From star to star, so that no pattern takes longer than pattern times step. */
function matchStep(pattern: string, step: string): boolean {
  let at = 0;
  let star = -1;
  let resumed = 0;
  for (let index = 0; index < step.length;) {
    const sign = pattern[at];
    if (sign === "*") {
      star = at++;
      resumed = index;
    } else if (sign !== undefined && (sign === "?" || sign === step[index])) {
      at += 1;
      index += 1;
    } else if (star !== -1) {
      at = star + 1;
      index = ++resumed;
    } else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}
