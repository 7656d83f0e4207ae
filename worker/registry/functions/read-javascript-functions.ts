import { limits } from "#contract/limits";
import type { BundleProblem } from "../bundle/bundle-file.ts";
import { inferJavaScript } from "../javascript/infer-javascript.ts";
import { readJavaScript } from "../javascript/javascript-module.ts";
import { readJsDoc } from "../javascript/jsdoc.ts";
import type { InferredAction, Inference } from "../infer/infer-python.ts";

/** The actions of a JavaScript entry, and those whose schemas are more than a start can hand over. Pure. */
export function inferExports(sources: ReadonlyMap<string, string>, entry: string): Inference {
  const { actions, findings } = inferJavaScript(sources, entry);
  const large = actions.filter((action) => sizeOf(action) > limits.action_schema_bytes.value);
  return {
    actions: actions.filter((action) => !large.includes(action)),
    findings: [
      ...findings,
      ...large.map(({ name, line }) => ({
        severity: "error" as const,
        code: "schema_too_large",
        file: entry,
        line,
        column: 1,
        action: name,
        message: `What ${name} takes and gives is more than a start can hand over.`,
        fix: "Take a file or plain JSON instead of so many fields.",
      })),
    ],
  };
}

function sizeOf({ input_schema, output_schema }: InferredAction): number {
  return new TextEncoder().encode(JSON.stringify({ input_schema, output_schema })).length;
}

/** Whether a file exports a function whose JSDoc says a type: what its author meant for others to call by it. Pure. */
export function hasTypedExports(source: string): boolean {
  return readJavaScript(source).functions.some(({ comment }) => {
    const tags = comment === null ? [] : readJsDoc(comment.text, comment.place).tags;
    return tags.some(({ tag, type }) => type !== null && ["param", "returns", "yields"].includes(tag));
  });
}

/** Whether a file only defines things when it is read; one that does more starts itself, and is a script. Pure. */
export function onlyDefines(source: string): boolean {
  return !readJavaScript(source).doesSomething;
}

/** What a file says of itself: the comment at its top that is no function's. Null where there is none. Pure. */
export function describeModule(source: string): string | null {
  const { comments, functions } = readJavaScript(source);
  const [first] = comments;
  if (first === undefined || functions.some(({ comment }) => comment === first)) return null;
  const { summary, tags } = readJsDoc(first.text, first.place);
  return tags.length > 0 || summary === "" ? null : summary;
}

/** A file that exports no function, told with what to write. */
export function noExports(entry: string): BundleProblem {
  return {
    file: entry,
    code: "no_actions",
    message: `${entry} exports no function that could become an action.`,
    fix: "Export one, such as: /** @param {string} name */ export function greet(name) {}",
  };
}
