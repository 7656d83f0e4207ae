import { ApiProblem } from "#contract/client";

/** An error as people read it: what happened, what to do, and how to name it in a report. */
export interface ErrorText {
  title: string;
  detail: string;
  /** What to do next, where that needs no looking up; see remedyOf for what the API refused. */
  remedy: string;
  /** The stable name of what happened; empty where nothing came back that could have one. */
  code: string;
  reference: string;
}

/** Turns whatever a call threw into words. */
export function describeError(error: unknown): ErrorText {
  if (error instanceof ApiProblem) {
    const { title, detail, code, request_id } = error.problem;
    return { title, detail, remedy: "", code, reference: request_id };
  }
  // A stream that lost its server for good throws an error of that name.
  if (error instanceof TypeError || (error instanceof Error && error.name === "ContactLost")) {
    return {
      title: "The server cannot be reached",
      detail: "No answer came back.",
      remedy: "Check that npm start is still running, then try again.",
      code: "",
      reference: "",
    };
  }
  return {
    title: "The answer could not be read",
    detail: error instanceof Error ? error.message.slice(0, 300) : String(error),
    remedy: "Reload the page: the server may be newer than it.",
    code: "",
    reference: "",
  };
}

/** What to do about an error, looked up in the registry of refusals, which is loaded for it; empty where nothing is known. */
export async function findRemedy(error: unknown): Promise<string> {
  const { remedy, code } = describeError(error);
  if (remedy !== "" || code === "") return remedy;
  try {
    return (await import("./remedies.ts")).remedyOf(code);
  } catch {
    return "";
  }
}
