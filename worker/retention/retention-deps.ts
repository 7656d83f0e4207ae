import type { Clock } from "../platform/clock.ts";
import type { UpkeepApi } from "./housekeeper-api.ts";

/** What must be known of a run to say whether it goes; times are epoch milliseconds. */
export interface RunFacts {
  id: string;
  worker_id: string;
  version: number;
  completed_at: number | null;
}

/** Runs, as far as they can be found and deleted. */
export interface RunsToKeep {
  /** A page of runs, newest first, from below an id: all, or those that are listed under a worker's name. */
  listFacts: (of: {
    workspaceId: string;
    workerName?: string;
    below: string;
    limit: number;
  }) => Promise<RunFacts[]>;
  /** Which of these are needed by a follow-up run that is kept. */
  listAwaited: (workspaceId: string, runIds: readonly string[]) => Promise<string[]>;
  /** A worker's runs that wait for people. */
  listHeld: (workspaceId: string, workerId: string) => Promise<string[]>;
  findOpen: (workspaceId: string, runIds: readonly string[]) => Promise<{ id: string; waits: boolean }[]>;
  oldestTime: (workspaceId: string) => Promise<number | null>;
  cancel: (runId: string) => Promise<void>;
  /** Deletes a run's object and its files; false while it has anything to do. */
  forget: (runId: string) => Promise<boolean>;
  /** Takes runs that are gone off the lists, and what they asked out of the inbox. */
  deleteRows: (workspaceId: string, runIds: readonly string[]) => Promise<void>;
}

/** Workers and their versions, as far as they can be found and deleted. */
export interface WorkersToKeep {
  listAfter: (of: {
    workspaceId: string;
    after: string;
    limit: number;
  }) => Promise<{ id: string; name: string }[]>;
  isThere: (workerId: string) => Promise<boolean>;
  /** Numbers of the versions that are idle since before `cutoff`; kept runs may still be of them. */
  listIdleVersions: (workerId: string, cutoff: number) => Promise<number[]>;
  findDigest: (workerId: string, number: number) => Promise<string | undefined>;
  deleteVersion: (workerId: string, number: number) => Promise<void>;
  listDigests: (workerId: string) => Promise<string[]>;
  /** Takes a worker away with all its rows but those of its runs. */
  removeWorker: (workerId: string) => Promise<void>;
  deleteLeftovers: (workerId: string) => Promise<void>;
  /** Deletes all that a worker's store holds. */
  eraseStore: (workerId: string) => Promise<void>;
  /** The calls of a worker's object. */
  upkeep: (workerId: string) => UpkeepApi;
}

/** Files, as far as they can be found and deleted. Times are epoch milliseconds. */
export interface FilesToKeep {
  findBundleUse: (of: {
    workerId: string;
    digest: string;
  }) => Promise<{ byWorker: boolean; byAnybody: boolean }>;
  bundlePutAt: (digest: string) => Promise<number | null>;
  deleteBundle: (digest: string) => Promise<void>;
  /** Deletes what the object that built them remembers; false while it builds. */
  forgetBuild: (of: { workerId: string; digest: string }) => Promise<boolean>;
  deleteDependencies: (of: { workerId: string; bundleDigest?: string }) => Promise<void>;
  /** So exactly it is known when an upload was used. */
  uploadUseExactMs: number;
  listUnusedUploads: (of: { workspaceId: string; usedBefore: number; limit: number }) => Promise<string[]>;
  deleteUnusedUpload: (of: { workspaceId: string; sha256: string; usedBefore: number }) => Promise<void>;
  hasUpload: (of: { workspaceId: string; sha256: string }) => Promise<boolean>;
  uploadPutAt: (of: { workspaceId: string; sha256: string }) => Promise<number | null>;
  deleteUpload: (of: { workspaceId: string; sha256: string }) => Promise<void>;
  deleteMails: (of: { workspaceId: string; before: number; limit: number }) => Promise<number>;
  deleteMailsAbout: (of: { workspaceId: string; workerId: string }) => Promise<void>;
}

/** A workspace as a whole. */
export interface WorkspaceToKeep {
  /** Whether there is one, and whether its deletion was begun. */
  findDeletion: (workspaceId: string) => Promise<"none" | "kept" | "begun">;
  /** Deletes some of its uploads, mails and contexts' contents; answers how many. */
  deleteSomeFiles: (workspaceId: string) => Promise<number>;
  /** Deletes all that its own store holds. */
  eraseStore: (workspaceId: string) => Promise<void>;
  /** Deletes its connections with what signs in there. */
  eraseConnections: (workspaceId: string) => Promise<void>;
  /** Takes away the values of secrets that no run can have any more. */
  forgetOldSecrets: (workspaceId: string) => Promise<void>;
  /** Brings in what waits of the record of changes, and deletes what of it is older than its limit. */
  tidyAudit: (workspaceId: string) => Promise<void>;
  /** Lets packed files of contexts go that were packed long ago: they are packed again for whoever needs them. */
  forgetOldArchives: (workspaceId: string) => Promise<void>;
  /** Lets an archive go that has waited too long to be imported further. */
  forgetOldImport: (workspaceId: string) => Promise<void>;
  /** Lets go of missed starts that are older than their limit, and of those from before a time, epoch milliseconds. */
  forgetMissedStarts: (workspaceId: string, before: number) => Promise<void>;
  /** Deletes what is left of it in tables when all that it had is gone. */
  deleteRows: (workspaceId: string) => Promise<void>;
}

/** What the housekeeper finds and deletes things with. */
export interface RetentionDeps {
  clock: Clock;
  /** Null: for ever. */
  findRetentionDays: (workspaceId: string) => Promise<number | null>;
  runs: RunsToKeep;
  workers: WorkersToKeep;
  files: FilesToKeep;
  workspace: WorkspaceToKeep;
}
