import { useState } from "react";
import { grantRoutes, memberRoutes } from "#contract/members/routes";
import type { Member, WorkerSharing } from "#contract/members/member";
import type { GrantKind } from "#contract/route";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { CheckField, ChoiceField } from "../../parts/labelled.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { FormDialog, textOf } from "../../ui/dialog.tsx";

const kinds: readonly (readonly [GrantKind, string])[] = [
  ["runner", "May start its runs"],
  ["approver", "May decide what it asks"],
];

/** Who sees a worker, and what single people may do with it beyond their role. */
export function GrantSettings({ worker }: { worker: string }) {
  const api = useApi();
  const may = useMay()("workers:write");
  const [isAdding, setAdding] = useState(false);
  const sharing = useRead(grantRoutes.getWorkerSharing, { params: { worker } });
  return (
    <section aria-labelledby="grants-heading">
      <h2 id="grants-heading">Who sees it</h2>
      <Loaded query={sharing} what="who sees it" rows={2}>
        {(data) => (
          <div className="card stack">
            <div className="row attention">
              <span className="row-main">
                <strong>{data.visibility === "private" ? "Few people" : "The whole workspace"}</strong>
                <span className="muted">
                  {data.visibility === "private"
                    ? "Whoever made it, admins, and those named below."
                    : "Everybody in the workspace, by their role."}
                </span>
              </span>
              {may && (
                <ConfirmButton
                  label={data.visibility === "private" ? "Show it to all" : "Make it private"}
                  title={
                    data.visibility === "private" ? "Show it to the whole workspace?" : "Make it private?"
                  }
                  isDanger={false}
                  said="Who sees it is changed."
                  onConfirm={() =>
                    api.call(grantRoutes.setWorkerVisibility, {
                      params: { worker },
                      json: { visibility: data.visibility === "private" ? "workspace" : "private" },
                    })
                  }
                >
                  <p>Its runs and what they left are seen by the same people.</p>
                </ConfirmButton>
              )}
            </div>
            <Grants worker={worker} sharing={data} mayChange={may} />
            {may && (
              <button type="button" className="small" onClick={() => setAdding(true)}>
                Let a member do more
              </button>
            )}
          </div>
        )}
      </Loaded>
      {isAdding && <GrantDialog worker={worker} onClose={() => setAdding(false)} />}
    </section>
  );
}

function Grants({
  worker,
  sharing,
  mayChange,
}: {
  worker: string;
  sharing: WorkerSharing;
  mayChange: boolean;
}) {
  const api = useApi();
  if (sharing.grants.length === 0) return null;
  return (
    <ul className="rows">
      {sharing.grants.map(({ user_id: member, email, grants }) => (
        <li key={member} className="row">
          <span className="row-main">
            <strong>{email}</strong>
            <span className="muted">
              {kinds
                .filter(([kind]) => grants.includes(kind))
                .map(([, words]) => words)
                .join(", ")}
            </span>
          </span>
          {mayChange && (
            <ConfirmButton
              label="Take away"
              name={`Take away what ${email} may do`}
              title={`Take away what ${email} may do with this worker?`}
              said="It is taken away."
              onConfirm={() =>
                api.call(grantRoutes.setWorkerGrants, { params: { worker, member }, json: { grants: [] } })
              }
            >
              <p>What their role allows stays.</p>
            </ConfirmButton>
          )}
        </li>
      ))}
    </ul>
  );
}

function GrantDialog({ worker, onClose }: { worker: string; onClose: () => void }) {
  const api = useApi();
  const change = useChange();
  const members = useRead(memberRoutes.listMembers);
  async function send(form: FormData): Promise<void> {
    const grants = kinds.map(([kind]) => kind).filter((kind) => form.get(kind) !== null);
    const done = await change.make(
      () =>
        api.call(grantRoutes.setWorkerGrants, {
          params: { worker, member: textOf(form, "member") },
          json: { grants },
        }),
      "It is granted.",
    );
    if (done) onClose();
  }
  const nameOf = ({ name, email }: Member) => (name === null ? email : `${name}, ${email}`);
  return (
    <FormDialog
      title="Let a member do more with this worker"
      action="Grant it"
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      <Loaded query={members} what="the members" rows={1}>
        {(all) => (
          <ChoiceField
            label="Member"
            name="member"
            choices={all.map((member) => [member.user_id, nameOf(member)] as const)}
          />
        )}
      </Loaded>
      {kinds.map(([kind, words]) => (
        <CheckField key={kind} name={kind} label={words} />
      ))}
    </FormDialog>
  );
}
