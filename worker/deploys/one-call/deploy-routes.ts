import type { deployRoutes } from "#contract/deploys/routes";
import type { RouteHandlers } from "../../http/mount.ts";
import { readBytes } from "../../http/read-body.ts";
import { deploy, readDeployed, readZip } from "./deploy.ts";
import type { DeployDeps } from "../service.ts";

export const deployHandlers: RouteHandlers<typeof deployRoutes, DeployDeps> = {
  deploy: (deps, { principal, json, context }) =>
    deploy(deps, principal, {
      bundle: readDeployed(json),
      linkOrigin: context.linkOrigin,
      quarantine: json.quarantine === true,
    }),
  async deployZip(deps, { principal, query, context }) {
    const zip = await readBytes(context.request, "bundle_zip_bytes");
    const bundle = await readZip(zip, query);
    return deploy(deps, principal, { bundle, linkOrigin: context.linkOrigin });
  },
};
