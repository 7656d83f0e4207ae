import { ApiProblem } from "#contract/client";
import { ContactLost } from "#contract/follow";
import { problems } from "#contract/problem";

/** An error as people read it: what happened, what to do, and how to name it in a report. */
export interface ErrorText {
  title: string;
  detail: string;
  /** What to do next; empty when nothing better than trying again is known. */
  remedy: string;
  reference: string;
}

function remedyOf(code: string): string {
  return Object.entries(problems).find(([known]) => known === code)?.[1].remedy ?? "";
}

/** Turns whatever a call threw into words. */
export function describeError(error: unknown): ErrorText {
  if (error instanceof ApiProblem) {
    const { title, detail, code, request_id } = error.problem;
    return { title, detail, remedy: remedyOf(code), reference: request_id };
  }
  if (error instanceof TypeError || error instanceof ContactLost) {
    return {
      title: "The server cannot be reached",
      detail: "No answer came back.",
      remedy: "Check that npm start is still running, then try again.",
      reference: "",
    };
  }
  return {
    title: "The answer could not be read",
    detail: error instanceof Error ? error.message.slice(0, 300) : String(error),
    remedy: "Reload the page: the server may be newer than it.",
    reference: "",
  };
}
