/** What is kept of the record of changes beside its tables. */
export interface AuditFiles {
  /** Keeps an event of the record of changes until it is brought in. */
  putEvent(workspaceId: string, id: string, json: string): Promise<void>;
  /** Some of a workspace's events that wait, oldest first. */
  listEvents(workspaceId: string, limit: number): Promise<{ id: string; text: string }[]>;
  deleteEvent(workspaceId: string, id: string): Promise<void>;
  /** Keeps the signed end of a workspace's chain. `seq`: the number of its last entry. */
  putCheckpoint(workspaceId: string, seq: number, json: string): Promise<void>;
  /** The one with the highest number; null where there is none. */
  newestCheckpoint(workspaceId: string): Promise<string | null>;
  /** Deletes some of a workspace's checkpoints; answers how many. */
  deleteSomeCheckpoints(workspaceId: string): Promise<number>;
}

const events = (workspaceId: string) => `audit/${workspaceId}/`;
const checkpoints = (workspaceId: string) => `checkpoints/${workspaceId}/`;
/** Listings go upwards: the highest number comes first. */
const placeOf = (seq: number) => String(Number.MAX_SAFE_INTEGER - seq).padStart(16, "0");
const AT_ONCE = 1000;

/** The record's part of the files; `files.ts` lists the keys. */
export function createAuditFiles(bucket: R2Bucket): AuditFiles {
  return {
    async putEvent(workspaceId, id, json) {
      await bucket.put(`${events(workspaceId)}${id}.json`, json);
    },
    async listEvents(workspaceId, limit) {
      const prefix = events(workspaceId);
      const { objects } = await bucket.list({ prefix, limit });
      const read = async ({ key }: R2Object) => {
        const text = await (await bucket.get(key))?.text();
        return text === undefined ? [] : [{ id: key.slice(prefix.length).replace(/\.json$/, ""), text }];
      };
      return (await Promise.all(objects.map(read))).flat();
    },
    deleteEvent: (workspaceId, id) => bucket.delete(`${events(workspaceId)}${id}.json`),
    async putCheckpoint(workspaceId, seq, json) {
      await bucket.put(`${checkpoints(workspaceId)}${placeOf(seq)}.json`, json);
    },
    async newestCheckpoint(workspaceId) {
      const { objects } = await bucket.list({ prefix: checkpoints(workspaceId), limit: 1 });
      const newest = objects[0] && (await bucket.get(objects[0].key));
      return newest ? newest.text() : null;
    },
    async deleteSomeCheckpoints(workspaceId) {
      const { objects } = await bucket.list({ prefix: checkpoints(workspaceId), limit: AT_ONCE });
      if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
      return objects.length;
    },
  };
}
