import { useState } from "react";
import { tokenRoutes } from "#contract/tokens/routes";
import { serviceRoleSchema } from "#contract/tokens/token";
import type { ServiceAccount } from "#contract/tokens/token";
import { formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useRead } from "../../api/use-read.ts";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ChoiceField, TextField } from "../../parts/labelled.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ShownOnce } from "../../ui/shown-once.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { ChangeDialog, textOf } from "../../ui/dialog.tsx";
import { roleWords } from "../members/role-words.ts";
import { TokenDialog } from "./token-dialog.tsx";

/** Accounts of programs, such as CI, with a role and tokens of their own. */
export function ServiceAccounts({ mayChange }: { mayChange: boolean }) {
  const [isMaking, setMaking] = useState(false);
  const accounts = useRead(tokenRoutes.listServiceAccounts);
  return (
    <section aria-labelledby="services-heading">
      <div className="head-row">
        <h2 id="services-heading">Service accounts</h2>
        {mayChange && (
          <button type="button" className="small" onClick={() => setMaking(true)}>
            Make a service account
          </button>
        )}
      </div>
      <Loaded query={accounts} what="the service accounts" rows={2}>
        {(all) =>
          all.length === 0 ? (
            <p className="card muted">
              None. A program that is nobody’s, such as CI, works as a service account.
            </p>
          ) : (
            <Accounts accounts={all} mayChange={mayChange} />
          )
        }
      </Loaded>
      {isMaking && <AccountDialog onClose={() => setMaking(false)} />}
    </section>
  );
}

function Accounts({ accounts, mayChange }: { accounts: readonly ServiceAccount[]; mayChange: boolean }) {
  const api = useApi();
  const [making, setMaking] = useState<string | null>(null);
  const [made, setMade] = useState<string | null>(null);
  return (
    <>
      <ListTable
        caption="Service accounts"
        rows={accounts}
        keyOf={({ id }) => id}
        columns={[
          { head: "Name", cell: ({ name }) => name },
          { head: "Is", cell: ({ role }) => roleWords[role].is },
          { head: "Has", cell: ({ tokens }) => formatCount(tokens, "token") },
          { head: "Made", cell: ({ created_at: at }) => <Moment iso={at} /> },
          {
            head: "",
            cell: ({ id, name }) =>
              mayChange ? (
                <div className="actions">
                  <button
                    type="button"
                    className="small"
                    aria-label={`Make a token of ${name}`}
                    onClick={() => setMaking(name)}
                  >
                    Make a token
                  </button>
                  <ConfirmButton
                    label="Delete"
                    name={`Delete ${name}`}
                    title={`Delete the service account ${name}?`}
                    typeToConfirm={name}
                    said={`${name} is deleted.`}
                    onConfirm={() =>
                      api.call(tokenRoutes.deleteServiceAccount, { params: { service_account: id } })
                    }
                  >
                    <p>Its tokens are good for nothing from then on.</p>
                  </ConfirmButton>
                </div>
              ) : null,
          },
        ]}
      />
      {making !== null && (
        <TokenDialog
          account={making}
          onMade={(token) => {
            setMade(token);
            setMaking(null);
          }}
          onClose={() => setMaking(null)}
        />
      )}
      {made !== null && (
        <ShownOnce title="The token" value={made} onClose={() => setMade(null)}>
          Put it where its program finds it.
        </ShownOnce>
      )}
    </>
  );
}

function AccountDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  async function send(form: FormData): Promise<void> {
    const role = serviceRoleSchema.options.find((one) => one === textOf(form, "role")) ?? "viewer";
    await api.call(tokenRoutes.createServiceAccount, { json: { name: textOf(form, "name"), role } });
  }
  return (
    <ChangeDialog
      title="Make a service account"
      action="Make it"
      send={send}
      said={(form) => `${textOf(form, "name")} is made.`}
      onClose={onClose}
    >
      <TextField
        label="Name"
        name="name"
        required
        pattern="[a-z][a-z0-9\-]*"
        hint="Small letters, digits and hyphens."
        autoComplete="off"
      />
      <ChoiceField
        label="Role"
        name="role"
        choices={serviceRoleSchema.options.map(
          (role) => [role, `${roleWords[role].is}: ${roleWords[role].may}`] as const,
        )}
      />
    </ChangeDialog>
  );
}
