import { showLine } from "#contract/outputs/show-text";
import { useState } from "react";
import { versionRoutes } from "#contract/versions/routes";
import type { ActivationGuard } from "#contract/versions/version";
import { workerRoutes } from "#contract/workers/routes";
import type { VersionSummary, WorkerDetail } from "#contract/workers/worker";
import { formatBytes, formatCount } from "#contract/words";
import { ApiProblem } from "#contract/client";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { CheckField, ChoiceField } from "../../parts/labelled.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";
import { FormDialog } from "../../ui/dialog.tsx";
import { VersionDifference } from "../versions/version-difference.tsx";
import { stateWords } from "../versions/version-words.ts";

/** Every version of a worker: what changed between two, and going back to an older one. */
export function VersionsTab({ worker }: { worker: WorkerDetail }) {
  const may = useMay();
  const [target, setTarget] = useState<VersionSummary | null>(null);
  const versions = useRead(workerRoutes.listVersions, { params: { worker: worker.id } });
  return (
    <Loaded query={versions} what="its versions">
      {(all) => (
        <>
          <ListTable
            caption="Versions, newest first"
            rows={all}
            keyOf={({ id }) => id}
            columns={[
              { head: "Version", cell: ({ number }) => number },
              { head: "State", cell: (version) => <VersionState version={version} /> },
              {
                head: "Files",
                cell: ({ file_count: count, size_bytes: bytes }) =>
                  `${formatCount(count, "file")}, ${formatBytes(bytes)}`,
              },
              { head: "Pushed", cell: ({ created_at: at }) => <Moment iso={at} /> },
              {
                head: "",
                cell: (version) =>
                  may("workers:write") && !version.active && version.state === "active" ? (
                    <div className="actions">
                      <button type="button" className="small" onClick={() => setTarget(version)}>
                        {version.number < worker.version ? "Roll back to" : "Activate"} {version.number}
                      </button>
                    </div>
                  ) : null,
              },
            ]}
          />
          <Compare worker={worker} versions={all} />
          {target !== null && <Activate worker={worker} target={target} onClose={() => setTarget(null)} />}
        </>
      )}
    </Loaded>
  );
}

function VersionState({ version }: { version: VersionSummary }) {
  if (version.active) return <Pill tone="good">Active</Pill>;
  const { tone, words } = stateWords[version.state];
  const { not_activated: note } = version;
  return (
    <>
      <Pill tone={tone}>{words}</Pill>
      {note !== undefined && <p className="muted">Not activated: {showLine(note)}</p>}
    </>
  );
}

function Compare({ worker, versions }: { worker: WorkerDetail; versions: readonly VersionSummary[] }) {
  const newest = versions[0]?.number ?? 1;
  const [to, setTo] = useState(String(newest));
  const [from, setFrom] = useState(String(versions[1]?.number ?? newest));
  if (versions.length < 2) return null;
  const choices = versions.map(({ number }) => [String(number), `Version ${number}`] as const);
  return (
    <section aria-labelledby="compare-heading">
      <h2 id="compare-heading">What changed</h2>
      <div className="filters">
        <ChoiceField
          label="From"
          value={from}
          choices={choices}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <ChoiceField
          label="To"
          value={to}
          choices={choices}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </div>
      {from === to ? (
        <p className="card muted">Choose two versions.</p>
      ) : (
        <Difference worker={worker.id} from={from} to={to} />
      )}
    </section>
  );
}

function Difference({ worker, from, to }: { worker: string; from: string; to: string }) {
  const diff = useRead(versionRoutes.diffVersions, { params: { worker, version: from, other: to } });
  return (
    <Loaded query={diff} what="the difference">
      {({ may_newly: newly, manifest, files }) => (
        <VersionDifference newly={newly} manifest={manifest} files={files} />
      )}
    </Loaded>
  );
}

const guardWords: Record<ActivationGuard, string> = {
  drops_approvals: "It acts without asking people, which the active version does not",
  re_enables: "It switches the worker back on, which is paused or archived now",
  evals: "No evaluation of it has passed beside the baseline; only owners and admins may set that aside",
};

/** The safeguards that a refusal named. Pure. */
export function guardsIn(error: unknown): ActivationGuard[] {
  const found = error instanceof ApiProblem ? (error.problem.errors ?? []) : [];
  return (["drops_approvals", "re_enables", "evals"] as const).filter((guard) =>
    found.some(({ code }) => code === guard),
  );
}

interface ActivateProps {
  worker: WorkerDetail;
  target: VersionSummary;
  onClose: () => void;
}

/** Makes another version the active one, after showing what that changes; a safeguard is set aside by its own box. */
function Activate({ worker, target, onClose }: ActivateProps) {
  const api = useApi();
  const change = useChange();
  const [force, setForce] = useState<readonly ActivationGuard[]>([]);
  const [guards, setGuards] = useState<readonly ActivationGuard[]>([]);
  async function send(): Promise<void> {
    const done = await change.make(async () => {
      try {
        await api.call(versionRoutes.activateVersion, {
          params: { worker: worker.id, version: String(target.number) },
          json: { if_active: worker.version, force: [...force] },
        });
      } catch (error) {
        setGuards(guardsIn(error));
        throw error;
      }
    }, `Version ${target.number} is active.`);
    if (done) onClose();
  }
  return (
    <FormDialog
      title={`Make version ${target.number} the active one?`}
      action={`Activate version ${target.number}`}
      isWide
      change={change}
      onSend={() => void send()}
      onClose={onClose}
    >
      <p>
        From then on runs start on version {target.number}, with its form and triggers. Runs under way stay on
        theirs.
      </p>
      <Difference worker={worker.id} from={String(worker.version)} to={String(target.number)} />
      {guards.map((guard) => (
        <CheckField
          key={guard}
          label={`${guardWords[guard]}. Do it all the same.`}
          checked={force.includes(guard)}
          onChange={(event) =>
            setForce(event.currentTarget.checked ? [...force, guard] : force.filter((one) => one !== guard))
          }
        />
      ))}
    </FormDialog>
  );
}
