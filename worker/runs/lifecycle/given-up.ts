/** What the run's queue says of a run that it has given up, and the run of itself once it learns that. */
export const GIVEN_UP =
  "The platform could not take this run up, however often it tried; it gave its place back.";
