import { useState } from "react";
import { memberRoutes } from "#contract/members/routes";
import type { Invitation, Member } from "#contract/members/member";
import type { Role } from "#contract/access/access";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ChoiceField, TextField } from "../../parts/labelled.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { ShownOnce } from "../../ui/shown-once.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { FormDialog, textOf } from "../../ui/dialog.tsx";
import { CapsDialog } from "./caps-dialog.tsx";
import { RoleDialog } from "./role-dialog.tsx";
import { roleWords } from "./role-words.ts";

/** Who is in the workspace and as what, and who is asked to come. */
export function MembersPage() {
  const may = useMay()("members:write");
  const [isInviting, setInviting] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const members = useRead(memberRoutes.listMembers);
  return (
    <>
      <div className="head-row">
        <PageHeading title="Members" />
        {may && (
          <div className="actions">
            <button type="button" className="primary" onClick={() => setInviting(true)}>
              Invite somebody
            </button>
          </div>
        )}
      </div>
      <Loaded query={members} what="the members">
        {(all) =>
          all.length === 0 ? (
            <Empty title="Nobody has an account here yet" command="npx floom members invite ada@example.com">
              This server is used by its owner’s token. Invite somebody by their address:
            </Empty>
          ) : (
            <Members members={all} mayChange={may} />
          )
        }
      </Loaded>
      {may && <Invitations />}
      {isInviting && (
        <InviteDialog
          onMade={(made) => {
            setLink(made);
            setInviting(false);
          }}
          onClose={() => setInviting(false)}
        />
      )}
      {link !== null && (
        <ShownOnce title="The invitation’s link" value={link} onClose={() => setLink(null)}>
          Send it to whoever is invited, unless a mail has gone to them. Only the account of that address can
          take it up.
        </ShownOnce>
      )}
    </>
  );
}

function Members({ members, mayChange }: { members: readonly Member[]; mayChange: boolean }) {
  const api = useApi();
  const [changing, setChanging] = useState<Member | null>(null);
  const [capping, setCapping] = useState<Member | null>(null);
  return (
    <>
      <ListTable
        caption="Members"
        rows={members}
        keyOf={({ user_id: id }) => id}
        columns={[
          {
            head: "Who",
            cell: ({ name, email }) => (
              <span>
                {name ?? email} {name !== null && <span className="muted">{email}</span>}
              </span>
            ),
          },
          { head: "Is", cell: ({ role }) => <span title={roleWords[role].may}>{roleWords[role].is}</span> },
          { head: "Since", cell: ({ joined_at: at }) => <Moment iso={at} /> },
          {
            head: "",
            cell: (member) =>
              mayChange ? (
                <div className="actions">
                  <button
                    type="button"
                    className="small"
                    aria-label={`Change what ${member.email} is`}
                    onClick={() => setChanging(member)}
                  >
                    Change
                  </button>
                  <button
                    type="button"
                    className="small"
                    aria-label={`Say how much ${member.email} may spend`}
                    onClick={() => setCapping(member)}
                  >
                    Spending
                  </button>
                  <ConfirmButton
                    label="Remove"
                    name={`Remove ${member.email}`}
                    title={`Remove ${member.email} from the workspace?`}
                    said={`${member.email} is removed.`}
                    onConfirm={() =>
                      api.call(memberRoutes.removeMember, { params: { member: member.user_id } })
                    }
                  >
                    <p>Their tokens and grants here end at once. What they made stays.</p>
                  </ConfirmButton>
                </div>
              ) : null,
          },
        ]}
      />
      {changing !== null && <RoleDialog member={changing} onClose={() => setChanging(null)} />}
      {capping !== null && <CapsDialog member={capping} onClose={() => setCapping(null)} />}
    </>
  );
}

function Invitations() {
  const invitations = useRead(memberRoutes.listInvitations);
  const all = invitations.data ?? [];
  if (all.length === 0) return null;
  return (
    <section aria-labelledby="invited-heading">
      <h2 id="invited-heading">Asked to come</h2>
      <InvitationTable invitations={all} />
    </section>
  );
}

function InvitationTable({ invitations }: { invitations: readonly Invitation[] }) {
  const api = useApi();
  return (
    <ListTable
      caption="Invitations"
      rows={invitations}
      keyOf={({ id }) => id}
      columns={[
        { head: "Address", cell: ({ email }) => email },
        { head: "As", cell: ({ role }) => roleWords[role].is },
        { head: "Until", cell: ({ expires_at: at }) => <Moment iso={at} /> },
        {
          head: "",
          cell: ({ id, email }) => (
            <div className="actions">
              <ConfirmButton
                label="Take back"
                name={`Take back the invitation of ${email}`}
                title={`Take the invitation of ${email} back?`}
                said="The invitation is taken back."
                onConfirm={() => api.call(memberRoutes.revokeInvitation, { params: { invitation: id } })}
              >
                <p>Its link opens nothing any more.</p>
              </ConfirmButton>
            </div>
          ),
        },
      ]}
    />
  );
}

const invitable: readonly (readonly [Exclude<Role, "owner">, string])[] = [
  ["editor", `${roleWords.editor.is}: ${roleWords.editor.may}`],
  ["viewer", `${roleWords.viewer.is}: ${roleWords.viewer.may}`],
  ["admin", `${roleWords.admin.is}: ${roleWords.admin.may}`],
];

function InviteDialog({ onMade, onClose }: { onMade: (link: string) => void; onClose: () => void }) {
  const api = useApi();
  const change = useChange();
  async function send(form: FormData): Promise<void> {
    const role = invitable.find(([name]) => name === textOf(form, "role"))?.[0] ?? "viewer";
    await change.make(async () => {
      const { link } = await api.call(memberRoutes.inviteMember, {
        json: { email: textOf(form, "email"), role },
      });
      onMade(link);
    }, "");
  }
  return (
    <FormDialog
      title="Invite somebody"
      action="Invite"
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      <TextField label="E-mail" name="email" type="email" required autoComplete="off" />
      <ChoiceField label="As" name="role" choices={invitable} />
    </FormDialog>
  );
}
