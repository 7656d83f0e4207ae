import type { ProblemError } from "#contract/problem";
import type { Style } from "./style.ts";

/** What went wrong as people read it. */
export interface Complaint {
  sentence: string;
  hint: string | undefined;
  errors: readonly ProblemError[];
  requestId: string;
}

/** Lines that tell it: the sentence, each wrong field, what to do, and the request's id for a report. */
export function renderProblem({ sentence, hint, errors, requestId }: Complaint, style: Style): string[] {
  return [
    `${style.red(style.bold("error"))} ${sentence}`,
    ...errors.flatMap((error) => renderFieldError(error, style)),
    ...(hint === undefined ? [] : [`${style.dim("hint")}  ${hint}`]),
    ...(requestId === "" ? [] : [style.dim(`request ${requestId}`)]),
  ];
}

function renderFieldError(error: ProblemError, style: Style): string[] {
  const place = error.file ?? error.pointer;
  const position = error.line === undefined ? "" : `:${error.line}:${error.column ?? 1}`;
  const code = error.code === undefined ? "" : ` ${style.dim(error.code)}`;
  return [
    `  ${style.bold(place + position)}${code} ${error.detail}`,
    ...(error.fix === undefined ? [] : [`    ${style.green("fix")} ${error.fix}`]),
  ];
}
