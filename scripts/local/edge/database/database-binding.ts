import makeD1 from "cloudflare-internal:d1-api";
import type { D1Calls, D1Results } from "cloudflare-internal:d1-api";
import { MOST_CARRIED } from "./database-words.ts";

/** The object from here. */
interface DatabaseStub {
  answer(body: string): Promise<string | Response>;
  fetch(url: string, init: { method: string; body: string }): Promise<Response>;
}

/** What the runtime puts into this binding, by the names that its configuration has. */
interface DatabaseEnv {
  OBJECTS: {
    idFromName(name: string): unknown;
    get(id: unknown): DatabaseStub;
  };
  DATABASE: string;
}

/** The object answers the results of the statements, or a text that says why there are none. */
const areResults = (told: unknown): told is D1Results["results"] => Array.isArray(told);

/**
 * The runtime's own D1 binding in front of the object that plays the database, with no worker in between. What it asks
 * goes to the object as a text, which takes less than to have the runtime copy lists of values.
 */
export function makeBinding({ OBJECTS, DATABASE }: DatabaseEnv): object {
  const id = OBJECTS.idFromName(DATABASE);
  const ask = (body: string): Promise<string | Response> => {
    const object = OBJECTS.get(id);
    if (body.length <= MOST_CARRIED) return object.answer(body);
    return object.fetch("http://d1/", { method: "POST", body });
  };
  const fetcher: D1Calls = {
    query: async ({ queries }) => {
      const answer = await ask(JSON.stringify(queries));
      const told: unknown = JSON.parse(typeof answer === "string" ? answer : await answer.text());
      if (areResults(told)) return { results: told };
      const [first] = queries;
      // What comes without any values is lines that were written down, which D1 tells the first of.
      const isLine = first !== undefined && first.params === undefined;
      throw new Error(isLine ? `Error in line 1: ${first.sql}: ${String(told)}` : String(told));
    },
  };
  return makeD1({ fetcher });
}
