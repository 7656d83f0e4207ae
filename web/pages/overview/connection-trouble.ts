import type { Connection } from "#contract/connections/connection";
import { formatCount } from "#contract/words";

/** What is wrong with a connection, and the word for going to mend it. */
export interface Trouble {
  title: string;
  detail: string;
  action: string;
}

/** What somebody has to do about a connection before workers can use all of it; null for nothing. Pure. */
export function findTrouble(connection: Connection): Trouble | null {
  const { display_name: name, status, status_reason: reason, changed_tools: changed } = connection;
  switch (status) {
    case "pending":
      return {
        title: `Nobody is signed in at ${name}`,
        detail: reason ?? "No worker can use it.",
        action: "Sign in",
      };
    case "expired":
      return {
        title: `The sign-in at ${name} is over`,
        detail: reason ?? "No worker can use it.",
        action: "Sign in",
      };
    case "failed":
      return {
        title: `${name} did not get through`,
        detail: reason ?? "The last call or test failed; the next one is tried all the same.",
        action: "See why",
      };
    case "active":
      return changed === 0
        ? null
        : {
            title: `${formatCount(changed, "tool")} of ${name} changed`,
            detail: "None of them is called until it is accepted again.",
            action: "Look",
          };
    case "disabled":
      return null;
  }
}
