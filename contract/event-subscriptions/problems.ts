import { kind } from "../problem-kind.ts";

/** The refusals of events that are told to an address. */
export const eventSubscriptionProblems = {
  callback_failed: kind(
    422,
    "The address did not agree to be told",
    'Whatever answers at the address must answer the challenge that it is posted with `{"challenge": "..."}`, the same, and 200, within 10 seconds and without a redirect. `errors` says what went wrong.',
  ),
  event_subscriptions_full: kind(
    409,
    "The workspace has all the subscriptions it may have",
    "End one first (`floom events stop`), or wait until one runs out.",
  ),
};
