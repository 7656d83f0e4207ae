import { accountRoutes } from "#contract/accounts/routes";
import { deviceRoutes } from "#contract/devices/routes";
import { memberRoutes } from "#contract/members/routes";
import { runRoutes } from "#contract/runs/routes";
import { uploadRoutes } from "#contract/uploads/routes";
import { workerRoutes } from "#contract/workers/routes";

const { cancelRun, downloadArtifact, downloadRun, getRun, listRuns, startRun, streamRunEvents } = runRoutes;
const { approveDevice, denyDevice, lookUpDevice } = deviceRoutes;
const { deleteAccount, deleteSession, exportAccount, getAccount } = accountRoutes;
const { getSignInWays, listSessions, logOut, signInLocally } = accountRoutes;
const { acceptInvitation, listWorkspaces } = memberRoutes;
const { createUpload } = uploadRoutes;
const { getWorker, listWorkers } = workerRoutes;

/**
 * The operations that the page asks for. It does not import the table of all of them: every schema of the API would
 * travel to the browser.
 */
export const routes = {
  acceptInvitation,
  approveDevice,
  cancelRun,
  createUpload,
  deleteAccount,
  deleteSession,
  denyDevice,
  downloadArtifact,
  downloadRun,
  exportAccount,
  getAccount,
  getRun,
  getSignInWays,
  getWorker,
  listRuns,
  listSessions,
  listWorkers,
  listWorkspaces,
  logOut,
  lookUpDevice,
  signInLocally,
  startRun,
  streamRunEvents,
} as const;
