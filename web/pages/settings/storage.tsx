import { quotaRoutes } from "#contract/quotas/routes";
import type { QuotaName } from "#contract/quotas/quota";
import { retentionRoutes } from "#contract/retention/routes";
import type { StoredKind } from "#contract/retention/retention";
import { formatBytes } from "#contract/words";
import { useRead } from "../../api/use-read.ts";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";

const kindWords: Record<StoredKind, string> = {
  runs: "Runs",
  versions: "Versions",
  uploads: "Uploads",
  contexts: "Contexts",
  keys: "Keys of the store",
};
const quotaWords: Record<QuotaName, string> = {
  workers: "Workers",
  triggers: "Schedules and webhooks",
  starts_per_day: "Starts today",
};

/** What is stored and when it goes, and how much there may be. */
export function Storage() {
  const storage = useRead(retentionRoutes.getStorage);
  const quotas = useRead(quotaRoutes.getQuotas);
  return (
    <>
      <section aria-labelledby="storage-heading">
        <h2 id="storage-heading">What is stored</h2>
        <Loaded query={storage} what="what is stored">
          {({ stored, next_look_at: next }) => (
            <>
              <ListTable
                caption="What is stored"
                rows={stored}
                keyOf={({ kind }) => kind}
                columns={[
                  { head: "What", cell: ({ kind }) => kindWords[kind] },
                  { head: "How many", cell: ({ count }) => count.toLocaleString("en-US"), isNumber: true },
                  {
                    head: "Size",
                    cell: ({ size_bytes: bytes }) => (bytes === null ? "" : formatBytes(bytes)),
                    isNumber: true,
                  },
                  {
                    head: "The oldest is of",
                    cell: ({ oldest_at: at }) => (at === null ? "" : <Moment iso={at} />),
                  },
                  { head: "And goes", cell: ({ goes_at: at }) => <Moment iso={at} /> },
                ]}
              />
              <p className="muted">
                What is too old is looked for next <Moment iso={next} />.
              </p>
            </>
          )}
        </Loaded>
      </section>
      <section aria-labelledby="quotas-heading">
        <h2 id="quotas-heading">How much there may be</h2>
        <Loaded query={quotas} what="the quotas">
          {({ quotas: all }) => (
            <ListTable
              caption="Quotas"
              rows={all}
              keyOf={({ quota }) => quota}
              columns={[
                { head: "What", cell: ({ quota }) => quotaWords[quota] },
                { head: "Used", cell: ({ used }) => used ?? "not counted", isNumber: true },
                {
                  head: "Of",
                  cell: ({ limit }) => limit?.toLocaleString("en-US") ?? "no limit",
                  isNumber: true,
                },
              ]}
            />
          )}
        </Loaded>
      </section>
    </>
  );
}
