import { env } from "cloudflare:workers";
import { createDb } from "../../../worker/platform/db/client.ts";

/** A database that nobody is to ask. */
export const untouchedDb = createDb(
  new Proxy(env.DB, {
    get: () => {
      throw new Error("The database was asked.");
    },
  }),
);
