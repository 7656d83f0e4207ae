import type { approvalRoutes } from "#contract/approvals/routes";
import type { RouteHandlers } from "../http/mount.ts";
import {
  countApprovals,
  decideApproval,
  decideByLink,
  decideInClient,
  decideMany,
  decideRun,
  getApproval,
  listApprovals,
  openApprovalFile,
  openReviewFile,
  reviewApproval,
} from "./service.ts";
import type { ApprovalDeps } from "./service.ts";

export const approvalHandlers: RouteHandlers<typeof approvalRoutes, ApprovalDeps> = {
  listApprovals: (deps, { query, principal, context }) =>
    listApprovals(deps, principal, { query, origin: context.linkOrigin }),
  countApprovals: (deps, { principal }) => countApprovals(deps, principal),
  decideApprovals: (deps, { json, principal }) => decideMany(deps, principal, json),
  getApproval: (deps, { params, principal, context }) =>
    getApproval(deps, principal, { id: params.approval, origin: context.linkOrigin }),
  approveApproval: (deps, { params, json, principal }) =>
    decideApproval(deps, principal, { id: params.approval, verdict: "approved", body: json }),
  rejectApproval: (deps, { params, json, principal }) =>
    decideApproval(deps, principal, { id: params.approval, verdict: "rejected", body: json }),
  decideInClient: (deps, { params, json, principal }) =>
    decideInClient(deps, principal, { id: params.approval, json }),
  approveRun: (deps, { params, json, principal }) =>
    decideRun(deps, principal, { runId: params.run, verdict: "approved", body: json }),
  rejectRun: (deps, { params, json, principal }) =>
    decideRun(deps, principal, { runId: params.run, verdict: "rejected", body: json }),
  reviewApproval: (deps, { params, query }) =>
    reviewApproval(deps, { id: params.approval, token: query.token ?? "" }),
  downloadApprovalArtifact: (deps, { params, principal }) =>
    openApprovalFile(deps, principal, { id: params.approval, artifactId: params.artifact }),
  downloadReviewArtifact: (deps, { params, query }) =>
    openReviewFile(deps, {
      id: params.approval,
      token: query.token ?? "",
      artifactId: params.artifact,
      isView: query.view !== undefined,
    }),
  approveByLink: (deps, { params, query, json, identified }) =>
    decideByLink(deps, {
      id: params.approval,
      token: query.token ?? "",
      verdict: "approved",
      body: json,
      identified,
    }),
  rejectByLink: (deps, { params, query, json, identified }) =>
    decideByLink(deps, {
      id: params.approval,
      token: query.token ?? "",
      verdict: "rejected",
      body: json,
      identified,
    }),
};
