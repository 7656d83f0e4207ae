import { buildApp } from "./app.ts";

export { CapacityObject } from "./sandboxes/capacity-object.ts";
export { RunObject } from "./runs/run-object.ts";
export { WorkerObject } from "./triggers/worker-object.ts";

export default buildApp();
