import { readFiles } from "../../deploys/service.ts";
import type { EvaluationServiceDeps } from "../../evaluations/service.ts";
import type { Host } from "../host.ts";

/** For whoever evaluates workers. */
export function evaluationServiceDeps(host: Host): EvaluationServiceDeps {
  return {
    db: host.db,
    clock: host.clock,
    signingKey: host.config.signingKey,
    earlierSigningKeys: host.config.earlierSigningKeys,
    newId: () => host.newId("evl", host.clock()),
    readFiles: (version) => readFiles(host, version),
    evaluation: (id) => host.evaluation(id),
  };
}
