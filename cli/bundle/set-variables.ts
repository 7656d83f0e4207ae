import { isMap, isScalar, parseDocument } from "yaml";
import { usageError } from "../cli-error.ts";

/** A variable of worker.yml and its value, as `--var name=value` says them. Throws CliError for another spelling. */
function readVariable(said: string): [name: string, value: string] {
  const cut = said.indexOf("=");
  if (cut > 0) return [said.slice(0, cut), said.slice(cut + 1)];
  throw usageError(`--var ${said} is not name=value.`);
}

/**
 * The manifest with these values in its `variables`, all else as it stands there. Throws CliError for a variable that it does not
 * declare, so that a misspelt one is no silent nothing.
 */
export function setVariables(manifest: string, said: readonly string[]): string {
  if (said.length === 0) return manifest;
  const document = parseDocument(manifest);
  const variables = document.get("variables");
  if (document.errors.length > 0 || !isMap(variables))
    throw usageError("worker.yml declares no variables, so that --var sets nothing.");
  for (const [name, value] of said.map(readVariable)) {
    if (!variables.has(name)) {
      const known = variables.items.map(({ key }) => (isScalar(key) ? String(key.value) : "")).join(", ");
      throw usageError(`worker.yml declares no variable ${name}, only: ${known}.`);
    }
    const at = isMap(variables.get(name, true)) ? [name, "value"] : [name];
    variables.setIn(at, value);
  }
  return document.toString({ lineWidth: 0 });
}
