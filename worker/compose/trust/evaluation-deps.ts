import { readFiles } from "../../deploys/service.ts";
import type { EvaluationServiceDeps } from "../../evaluations/service.ts";
import type { TestDeps } from "../../evaluations/one-input/test-service.ts";
import { actorOf } from "../../access/principal.ts";
import { admitRun, readStarted } from "../../runs/start/start-run.ts";
import type { Host } from "../host.ts";
import { startDeps } from "../run-deps.ts";

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

/** For whoever evaluates workers, or tries one input. */
export function evaluationRouteDeps(host: Host): EvaluationServiceDeps & TestDeps {
  return {
    ...evaluationServiceDeps(host),
    startTest: async (principal, { found, test, key, waitSeconds }) => {
      const started = await admitRun(startDeps(host), {
        found,
        requestedBy: actorOf(principal),
        request: {
          workerName: found.worker.name,
          action: test.action,
          inputs: test.inputs,
          triggerSource: "evaluation",
          triggerRef: null,
          idempotencyKey: key,
        },
      });
      return (await readStarted(startDeps(host), principal, { started, waitSeconds })).run;
    },
  };
}
