import { lineAtPointer } from "#contract/forms/json-line";
import { JsonRefused, readGivenJson } from "#contract/json";

/** The line of a JSON text that is wrong: of its writing, else of what `within` names. Null where neither says one. */
export function findWrongLine(text: string, within: string | undefined): number | null {
  try {
    readGivenJson(text);
    return within === undefined ? null : lineAtPointer(text, within);
  } catch (error) {
    return error instanceof JsonRefused ? error.fault.line : null;
  }
}

/** What a JSON text has wrong, with line and column; empty for nothing. */
export function describeJson(text: string): string {
  if (text.trim() === "") return "";
  try {
    readGivenJson(text);
    return "";
  } catch (error) {
    return error instanceof JsonRefused ? `This must be JSON: ${error.message}.` : "This must be JSON.";
  }
}
