import { buildApp } from "./app.ts";

export { AttemptObject } from "./objects/attempt-object.ts";
export { AuditObject } from "./objects/audit-object.ts";
export { BuildObject } from "./objects/build-object.ts";
export { CapacityObject } from "./objects/capacity-object.ts";
export { ConnectionObject } from "./objects/connection-object.ts";
export { EvaluationObject } from "./objects/evaluation-object.ts";
export { HousekeeperObject } from "./objects/housekeeper-object.ts";
export { RunObject } from "./objects/run-object.ts";
export { StoreObject } from "./objects/store-object.ts";
export { WorkerObject } from "./objects/worker-object.ts";

export default buildApp();
