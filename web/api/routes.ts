import { accountRoutes } from "#contract/accounts/routes";
import { deviceRoutes } from "#contract/devices/routes";
import { runRoutes } from "#contract/runs/routes";
import { uploadRoutes } from "#contract/uploads/routes";
import { workerRoutes } from "#contract/workers/routes";

const { cancelRun, downloadArtifact, downloadRun, getRun, listRuns, startRun, streamRunEvents } = runRoutes;
const { approveDevice, denyDevice, lookUpDevice } = deviceRoutes;
const { getAccount, getSignInWays, logOut, signInLocally } = accountRoutes;
const { createUpload } = uploadRoutes;
const { getWorker, listWorkers } = workerRoutes;

/**
 * The operations that the page asks for. It does not import the table of all of them: every schema of the API would
 * travel to the browser.
 */
export const routes = {
  approveDevice,
  cancelRun,
  createUpload,
  denyDevice,
  downloadArtifact,
  downloadRun,
  getAccount,
  getRun,
  getSignInWays,
  getWorker,
  listRuns,
  listWorkers,
  lookUpDevice,
  logOut,
  signInLocally,
  startRun,
  streamRunEvents,
} as const;
