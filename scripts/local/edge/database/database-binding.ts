import makeD1 from "cloudflare-internal:d1-api";
import { MOST_CARRIED, readFormat } from "./database-words.ts";

/** The object from here. */
interface DatabaseStub {
  answer(format: string, body: string): Promise<string | Response>;
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

/**
 * The runtime's own D1 binding in front of the object that plays the database. It writes a request for each query; what
 * stands in it goes to the object as a call, with no worker in between that would read and write it again.
 */
export function makeBinding({ OBJECTS, DATABASE }: DatabaseEnv): object {
  const id = OBJECTS.idFromName(DATABASE);
  return makeD1({
    fetcher: {
      fetch: async (url, { body }) => {
        const object = OBJECTS.get(id);
        if (body.length > MOST_CARRIED) return object.fetch(url, { method: "POST", body });
        const answer = await object.answer(readFormat(url), body);
        return typeof answer === "string" ? new Response(answer) : answer;
      },
    },
  });
}
