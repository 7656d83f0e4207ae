/** How often something may be asked for, and by whom that is counted. */
export interface Rate {
  requests: number;
  seconds: number;
  /** For whom requests are counted together. An address of IPv6 counts as its network of 64 bits. */
  per: "principal" | "address" | "worker and address";
  /**
   * Counted in the one database for all the world, and refused where that cannot be asked. The others are counted where
   * they are answered, which may be in several places at once, and never wait for anything.
   */
  exact: boolean;
  /** What is limited, as a phrase that reads after "The limit for". */
  what: string;
}

/**
 * Every rate a user can meet. The numbers are the first Floom's; where it had none, or one that its own pages could not
 * live with, the reason stands beside it.
 */
export const rates = {
  // Of its two numbers, 60 and 200, the one that a page which looks at several lists can live with.
  default: {
    requests: 200,
    seconds: 60,
    per: "principal",
    exact: false,
    what: "requests of one token or account",
  },
  // Before it is known who asks: what a token may look up costs the database something. A run's own token is known by its
  // signature alone, and many sandboxes may stand behind one address: only what is no such token counts on a run's routes.
  address: { requests: 1200, seconds: 60, per: "address", exact: false, what: "requests from one address" },
  sign_in: {
    requests: 5,
    seconds: 60,
    per: "address",
    exact: true,
    what: "signing in, links for that, and device codes",
  },
  // A person invites as many as a team has, a machine that sends mails to strangers is stopped.
  invite: { requests: 20, seconds: 3600, per: "principal", exact: true, what: "invitations" },
  who_am_i: { requests: 30, seconds: 60, per: "principal", exact: false, what: "asking who one is" },
  tokens: { requests: 10, seconds: 60, per: "principal", exact: false, what: "making and changing tokens" },
  heavy: {
    requests: 10,
    seconds: 60,
    per: "principal",
    exact: false,
    what: "bundles, imports and new connections",
  },
  create: {
    requests: 20,
    seconds: 60,
    per: "principal",
    exact: false,
    what: "making workers, connections and subscriptions",
  },
  export: {
    requests: 5,
    seconds: 3600,
    per: "principal",
    exact: false,
    what: "exports of a whole workspace",
  },
  run_start: {
    requests: 10,
    seconds: 60,
    per: "principal",
    exact: false,
    what: "starts of runs by one token or account",
  },
  chat: { requests: 20, seconds: 60, per: "principal", exact: false, what: "messages to an agent" },
  webhook: {
    requests: 60,
    seconds: 60,
    per: "worker and address",
    exact: false,
    what: "webhooks for one worker from one address",
  },
  // A run that is watched tells what it does several times a second, and sends its files beside that.
  runner: {
    requests: 6000,
    seconds: 60,
    per: "principal",
    exact: false,
    what: "what one run tells and sends",
  },
  // A loop of a script is held to what its store takes (the limits of the store), not to a person's pace: a thousand a
  // second is more than one store answers. Beside `runner`, so that no loop keeps its own run from telling how it goes.
  run_store: {
    requests: 60_000,
    seconds: 60,
    per: "principal",
    exact: false,
    what: "what one run reads and writes in stores",
  },
} as const satisfies Record<string, Rate>;

export type RateName = keyof typeof rates;
/** How often each may be asked for, as the settings have it. */
export type RateTable = Record<RateName, Pick<Rate, "requests" | "seconds">>;

/** So many times as much where the server is one's own machine's alone. */
const GENEROUS = 1000;

function isRateName(name: string): name is RateName {
  return Object.hasOwn(rates, name);
}

/**
 * The rates that a setting says, e.g. `run_start=100,webhook=600/60`: what it does not name stays as it is in the table,
 * a thousandfold where the word `generous` stands in it, or where `isOwnMachine` is true and nothing stands in it. Throws with what is wrong
 * with it. Pure.
 */
export function parseRates(text: string, { isOwnMachine }: { isOwnMachine: boolean }): RateTable {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const factor = words.includes("generous") || (words.length === 0 && isOwnMachine) ? GENEROUS : 1;
  const table: RateTable = { ...rates };
  for (const name of Object.keys(rates).filter(isRateName))
    table[name] = { requests: rates[name].requests * factor, seconds: rates[name].seconds };
  for (const word of words.filter((one) => one !== "generous")) {
    const [, name = "", requests, seconds] = /^(\w+)=([1-9]\d{0,8})(?:\/([1-9]\d{0,5}))?$/.exec(word) ?? [];
    if (!isRateName(name)) {
      throw new Error(
        `"${word}" is not a rate such as run_start=100/60; there are ${Object.keys(rates).join(", ")}`,
      );
    }
    table[name] = { requests: Number(requests), seconds: Number(seconds ?? rates[name].seconds) };
  }
  return table;
}
