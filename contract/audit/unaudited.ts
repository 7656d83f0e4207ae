/** Nothing is changed by it, whatever its method. */
const READS = "It changes nothing.";
/** What a run is, who asked for it and what it was given is kept with the run. */
const STARTS = "The run is its own record: who asked for it, when, and with what.";
const BY_GATE = "The gate leaves an event of its own for each call, with what became of it.";
const ASKS = "It changes nothing but what the run has cost, which stands on the run.";
const OF_RUN = "A run speaks: what it tells is its journal, which is kept with it.";

/**
 * Routes that are no GET and yet leave no event, each with the reason. Every other one leaves one, also a route that is
 * added tomorrow.
 */
export const unauditedRoutes: Readonly<Record<string, string>> = {
  validateWorker: READS,
  changePreferences: "How somebody's own pages look: it lets nobody do or see more.",
  generateWorker: READS,
  reloadWorkers: READS,
  exportChosenRuns: READS,
  createUpload: "Content by its digest: it does nothing before a run names it, and the run says that.",
  startRun: STARTS,
  startPublicRun: STARTS,
  replayRun: STARTS,
  replayWorkerRun: STARTS,
  callWorker: OF_RUN,
  callRunConnection: BY_GATE,
  executeComposio: BY_GATE,
  askModel: ASKS,
  askModels: ASKS,
  embedTexts: ASKS,
  postRunJournal: OF_RUN,
  putRunFile: OF_RUN,
};

/** Routes that change nothing and leave an event all the same, each with the reason. */
export const auditedReads: Readonly<Record<string, string>> = {
  exportWorkspace: "All of a workspace leaves the house.",
};
