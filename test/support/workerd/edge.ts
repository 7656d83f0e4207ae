// The edge as the tests in workerd run it: the true one, with objects that forget where the run of the suite asks for it,
// and with requests that end with the test that made them.
import { env } from "cloudflare:workers";
import type { EdgeEnv } from "../../../worker/env.ts";
import * as edge from "../../../worker/index.ts";
import { bindToTest, withinTest } from "./end-with-test.ts";
import { makeForgetful } from "./forgetful.ts";
import { watchWork } from "./left-work.ts";

const asKept = <Kept extends Parameters<typeof makeForgetful>[0]>(kept: Kept): Kept =>
  env.TEST_EVICT === "1" ? makeForgetful(kept) : kept;

export const AuditObject = asKept(edge.AuditObject);
export const AttemptObject = asKept(edge.AttemptObject);
export const BuildObject = asKept(edge.BuildObject);
export const CapacityObject = asKept(edge.CapacityObject);
export const ConnectionObject = asKept(edge.ConnectionObject);
export const EvaluationObject = asKept(edge.EvaluationObject);
export const HousekeeperObject = asKept(edge.HousekeeperObject);
export const RunObject = asKept(edge.RunObject);
export const StoreObject = asKept(edge.StoreObject);
export const WorkerObject = asKept(edge.WorkerObject);

const bound = bindToTest(env);

export default {
  fetch: (request, _, context) => withinTest(() => edge.default.fetch(request, bound, watchWork(context))),
} satisfies ExportedHandler<EdgeEnv>;
