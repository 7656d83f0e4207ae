import { useState } from "react";
import { versionRoutes } from "#contract/versions/routes";
import type { WaitingVersion } from "#contract/versions/review";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { TextAreaField } from "../../parts/labelled.tsx";
import { DialogBox } from "../../ui/dialog.tsx";
import { VersionDifference } from "../versions/version-difference.tsx";

/** Shows what a version may do that the active one may not, with its files; then it is let in or refused. */
export function ReviewDialog({ waiting, onClose }: { waiting: WaitingVersion; onClose: () => void }) {
  const { worker, title, version } = waiting;
  const params = { worker, version: String(version.number) };
  const review = useRead(versionRoutes.reviewVersion, { params });
  return (
    <DialogBox title={`Version ${version.number} of ${title}`} onClose={onClose} isWide>
      <Loaded query={review} what="what is different">
        {({ against, may_newly: newly, may_no_longer: noLonger, manifest, files, version: read }) => (
          <>
            <p className="muted">
              {against === null
                ? "It is the worker’s first version."
                : `Beside version ${against}, which is active.`}
            </p>
            <VersionDifference newly={newly} noLonger={noLonger} manifest={manifest} files={files} />
            <Decide waiting={waiting} digest={read.digest} onClose={onClose} />
          </>
        )}
      </Loaded>
    </DialogBox>
  );
}

interface DecideProps {
  waiting: WaitingVersion;
  /** Of what was read: another bundle than that is not let in. */
  digest: string;
  onClose: () => void;
}

function Decide({ waiting, digest, onClose }: DecideProps) {
  const api = useApi();
  // Owners and admins decide; an editor who may push is told so by the server.
  const may = useMay()("workspace:write");
  const change = useChange();
  const [reason, setReason] = useState("");
  const params = { worker: waiting.worker, version: String(waiting.version.number) };
  async function decide(work: () => Promise<unknown>, said: string): Promise<void> {
    if (await change.make(work, said)) onClose();
  }
  if (!may) return <p className="card muted">An owner or admin lets it in or refuses it.</p>;
  return (
    <div className="card">
      <TextAreaField
        label="Why it is refused"
        rows={2}
        value={reason}
        hint="Needed to refuse it; whoever pushed it is told."
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {change.error !== undefined && <ErrorNotice error={change.error} />}
      <div className="actions dialog-actions">
        <button type="button" className="quiet" onClick={onClose}>
          Decide later
        </button>
        <button
          type="button"
          className="danger"
          disabled={change.busy || reason.trim() === ""}
          onClick={() =>
            void decide(
              () => api.call(versionRoutes.rejectVersion, { params, json: { reason: reason.trim() } }),
              "It is refused for good.",
            )
          }
        >
          Refuse it
        </button>
        <button
          type="button"
          className="primary"
          disabled={change.busy}
          onClick={() =>
            void decide(
              () => api.call(versionRoutes.promoteVersion, { params, json: { expected_digest: digest } }),
              `${waiting.title} is on version ${waiting.version.number} now.`,
            )
          }
        >
          Let it in and make it active
        </button>
      </div>
    </div>
  );
}
