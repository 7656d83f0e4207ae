import type { deviceRoutes } from "#contract/devices/routes";
import type { RouteHandlers } from "../../http/mount.ts";
import { approveDevice, denyDevice, lookUpDevice, pollDevice, startDevice } from "./service.ts";
import type { DeviceDeps } from "./service.ts";

export const deviceHandlers: RouteHandlers<typeof deviceRoutes, DeviceDeps> = {
  startDevice: (deps, { json, context }) =>
    startDevice(deps, json, {
      origin: context.linkOrigin,
      address: context.request.headers.get("cf-connecting-ip"),
    }),
  pollDevice: (deps, { json, context }) => pollDevice(deps, json.device_code, { origin: context.linkOrigin }),
  pollDeviceByAddress: (deps, { params, context }) =>
    pollDevice(deps, params.device_code, { origin: context.linkOrigin }),
  lookUpDevice: (deps, { principal, json }) => lookUpDevice(deps, principal, json.user_code),
  approveDevice: (deps, { principal, json }) =>
    approveDevice(deps, principal, { user_code: json.user_code, scopes: json.scopes }),
  denyDevice: (deps, { principal, json }) => denyDevice(deps, principal, json.user_code),
};
