import type { secretRoutes } from "#contract/secrets/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { abandonWorkspaceKey } from "./abandon-service.ts";
import { rewrapAll } from "./rewrap-service.ts";
import type { RewrapDeps } from "./rewrap-service.ts";
import {
  deleteSecret,
  getSecret,
  grantSecret,
  listSecrets,
  listSecretVersions,
  setSecret,
  testSecret,
} from "./service.ts";
import type { SecretDeps } from "./service.ts";

export const secretHandlers: RouteHandlers<typeof secretRoutes, SecretDeps & RewrapDeps> = {
  listSecrets: (deps, { principal }) => listSecrets(deps, principal),
  getSecret: (deps, { principal, params }) => getSecret(deps, principal, params.secret),
  setSecret: (deps, { principal, params, json }) =>
    setSecret(deps, principal, {
      name: params.secret,
      value: json.value,
      workers: json.workers,
      hosts: json.hosts,
      header: json.header,
    }),
  async deleteSecret(deps, { principal, params }) {
    await deleteSecret(deps, principal, params.secret);
    return undefined;
  },
  listSecretVersions: (deps, { principal, params }) => listSecretVersions(deps, principal, params.secret),
  grantSecret: (deps, { principal, params, json }) =>
    grantSecret(deps, principal, { name: params.secret, workers: json.workers }),
  testSecret: (deps, { principal, params }) => testSecret(deps, principal, params.secret),
  abandonKey: (deps, { principal }) => abandonWorkspaceKey(deps, principal),
  rewrapSecrets: (deps, { principal }) => rewrapAll(deps, principal),
};
