import { detectSecretReads } from "../python/secret-reads.ts";

/**
 * The secrets that a Python file cannot do without, in the order in which it names them: `floom.secret("X")`,
 * `os.environ["X"]` and `os.getenv("X")` without a default. Reads the source alone.
 */
export function readSecretNames(source: string): string[] {
  return detectSecretReads(new Map([["app.py", source]])).flatMap(({ name, isRequired }) =>
    isRequired ? [name] : [],
  );
}
