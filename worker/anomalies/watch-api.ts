import type { Anomaly } from "./find-anomalies.ts";

/** The remote call of the object that holds a workspace's chain, for whoever finds something unusual elsewhere. */
export interface WatchApi {
  /** Has what is to be done about it done, and puts it on record. The same again within its time changes nothing. */
  raise(anomaly: Anomaly): Promise<void>;
}
