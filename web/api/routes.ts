import { accountRoutes } from "#contract/accounts/routes";
import { actionRoutes } from "#contract/actions/routes";
import { chartRoutes } from "#contract/charts/routes";
import { deviceRoutes } from "#contract/devices/routes";
import { memberRoutes } from "#contract/members/routes";
import { oauthRoutes } from "#contract/oauth/routes";
import { runRoutes } from "#contract/runs/routes";
import { uploadRoutes } from "#contract/uploads/routes";
import { workerRoutes } from "#contract/workers/routes";

const { cancelRun, downloadArtifact, downloadRun, getRun, listRuns, streamRunEvents } = runRoutes;
const { approveDevice, denyDevice, lookUpDevice } = deviceRoutes;
const { deleteAccount, deleteSession, exportAccount, getAccount } = accountRoutes;
const { getSignInWays, listSessions, logOut, signInLocally } = accountRoutes;
const { acceptInvitation, listWorkspaces } = memberRoutes;
const { decideClientRequest, getClientRequest, listConnectedClients, revokeConnectedClient } = oauthRoutes;
const { listActions, startAction } = actionRoutes;
const { drawRunChart } = chartRoutes;
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
  decideClientRequest,
  deleteAccount,
  deleteSession,
  denyDevice,
  downloadArtifact,
  downloadRun,
  drawRunChart,
  exportAccount,
  getAccount,
  getClientRequest,
  getRun,
  getSignInWays,
  getWorker,
  listActions,
  listConnectedClients,
  listRuns,
  listSessions,
  listWorkers,
  listWorkspaces,
  logOut,
  lookUpDevice,
  revokeConnectedClient,
  signInLocally,
  startAction,
  streamRunEvents,
} as const;
