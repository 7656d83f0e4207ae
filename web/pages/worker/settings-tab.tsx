import { useLocation } from "wouter";
import { workerRoutes } from "#contract/workers/routes";
import type { WorkerDetail } from "#contract/workers/worker";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { ChangeButton } from "../../ui/change-button.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { AlertSettings } from "./alert-settings.tsx";
import { GrantSettings } from "./grant-settings.tsx";
import { LinkSettings } from "./link-settings.tsx";
import { SecretSettings } from "./secret-settings.tsx";

/** Who sees a worker, who is told of it, what it may know, and its end. */
export function SettingsTab({ worker }: { worker: WorkerDetail }) {
  const mayChange = useMay()("workers:write");
  return (
    <>
      <SecretSettings worker={worker} />
      <GrantSettings worker={worker.id} />
      <LinkSettings worker={worker.id} />
      <AlertSettings worker={worker.id} />
      {mayChange && <Life worker={worker} />}
    </>
  );
}

function Life({ worker }: { worker: WorkerDetail }) {
  const api = useApi();
  const [, navigate] = useLocation();
  const { id, name, paused, archived } = worker;
  const params = { worker: id };
  return (
    <section aria-labelledby="life-heading">
      <h2 id="life-heading">Pause, archive, delete</h2>
      <ul className="card rows">
        <li className="row attention">
          <span className="row-main">
            <strong>{paused ? "It is paused" : "It takes runs"}</strong>
            <span className="muted">While it is paused nothing starts; what waits goes on waiting.</span>
          </span>
          <ChangeButton
            label={paused ? "Resume" : "Pause"}
            said={paused ? `${name} takes runs again.` : `${name} is paused.`}
            onPress={() =>
              api.call(paused ? workerRoutes.resumeWorker : workerRoutes.pauseWorker, { params })
            }
          />
        </li>
        <li className="row attention">
          <span className="row-main">
            <strong>{archived ? "It is archived" : "Archive it"}</strong>
            <span className="muted">
              An archived worker is out of the lists and takes no runs. It can be brought back.
            </span>
          </span>
          {archived ? (
            <ChangeButton
              label="Bring it back"
              said={`${name} is back.`}
              onPress={() => api.call(workerRoutes.restoreWorker, { params })}
            />
          ) : (
            <ConfirmButton
              label="Archive"
              title={`Archive ${name}?`}
              isDanger={false}
              said={`${name} is archived.`}
              onConfirm={() => api.call(workerRoutes.archiveWorker, { params, json: {} })}
            >
              <p>Its schedules and webhooks start nothing until it is brought back.</p>
            </ConfirmButton>
          )}
        </li>
        <li className="row attention">
          <span className="row-main">
            <strong>Delete it</strong>
            <span className="muted">
              With its versions, triggers and links. The record of its runs stays for its time.
            </span>
          </span>
          <ConfirmButton
            label="Delete"
            className="small danger"
            title={`Delete ${name}?`}
            typeToConfirm={id}
            said={`${name} is deleted.`}
            onConfirm={() => api.call(workerRoutes.deleteWorker, { params })}
            onDone={() => navigate("/workers")}
          >
            <p>
              It cannot be brought back. Runs that wait or are held are cancelled, one under way comes to its
              end.
            </p>
          </ConfirmButton>
        </li>
      </ul>
    </section>
  );
}
