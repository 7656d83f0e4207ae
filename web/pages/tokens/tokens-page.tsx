import { useState } from "react";
import { platformRoutes } from "#contract/system/routes";
import { tokenRoutes } from "#contract/tokens/routes";
import type { CreatedToken, TokenSummary } from "#contract/tokens/token";
import { ClientList } from "../../account/client-list.tsx";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import { ShownOnce } from "../../ui/shown-once.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { ServiceAccounts } from "./service-accounts.tsx";
import { TokenDialog } from "./token-dialog.tsx";

const kindWords: Record<TokenSummary["kind"], string> = {
  owner: "The owner’s",
  personal: "A person’s",
  service: "A service account’s",
};

/** What programs come in with: tokens, service accounts, and apps that act for the person. */
export function TokensPage() {
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const may = useMay();
  const tokens = useRead(tokenRoutes.listTokens);
  // Apps act for a person; a token has none.
  const isPerson = useRead(platformRoutes.getWorkspaceInfo).data?.principal.kind === "account";
  return (
    <>
      <div className="head-row">
        <PageHeading title="Tokens and apps" />
        {may("tokens:write") && (
          <div className="actions">
            <button type="button" className="primary" onClick={() => setMaking(true)}>
              Make a token
            </button>
          </div>
        )}
      </div>
      <Loaded query={tokens} what="the tokens">
        {(all) =>
          all.length === 0 ? (
            <Empty title="There is no token" command="npx floom login">
              A terminal makes its own when you let it in:
            </Empty>
          ) : (
            <Tokens tokens={all} onMade={setMade} />
          )
        }
      </Loaded>
      {may("workspace:read") && <ServiceAccounts mayChange={may("members:write")} />}
      <section aria-labelledby="apps-heading">
        <h2 id="apps-heading">Connect an app</h2>
        <div className="card">
          <p>An app that speaks MCP is given this address. It asks you what it may do.</p>
          <CopyCommand command={`${window.location.origin}/mcp`} />
        </div>
        {isPerson && <ClientList />}
      </section>
      {isMaking && (
        <TokenDialog
          onMade={(token) => {
            setMade(token);
            setMaking(false);
          }}
          onClose={() => setMaking(false)}
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

function Tokens({ tokens, onMade }: { tokens: readonly TokenSummary[]; onMade: (token: string) => void }) {
  return (
    <ListTable
      caption="Tokens"
      rows={tokens}
      keyOf={({ id }) => id}
      columns={[
        {
          head: "Name",
          cell: ({ name, current }) => (
            <span>
              {name} {current && <Pill tone="good">This one</Pill>}
            </span>
          ),
        },
        {
          head: "Whose",
          cell: ({ kind, service_account: account }) => account ?? kindWords[kind],
        },
        {
          head: "May",
          cell: ({ scopes }) => (
            <span title={scopes.join(", ")}>
              {scopes.length > 4 ? `${scopes.length} things` : scopes.join(", ")}
            </span>
          ),
        },
        { head: "Last used", cell: ({ last_used_at: at }) => <Moment iso={at} /> },
        { head: "Ends", cell: ({ expires_at: at }) => <Moment iso={at} /> },
        { head: "", cell: (token) => <TokenActions token={token} onMade={onMade} /> },
      ]}
    />
  );
}

function TokenActions({ token, onMade }: { token: TokenSummary; onMade: (token: string) => void }) {
  const api = useApi();
  if (token.kind === "owner") return <span className="muted">In the server’s settings</span>;
  const params = { token: token.id };
  return (
    <div className="actions">
      {!token.current && (
        <ConfirmButton
          label="Replace"
          name={`Replace the token ${token.name}`}
          title={`Put a new token in the place of ${token.name}?`}
          said=""
          onConfirm={async () => {
            const made: CreatedToken = await api.call(tokenRoutes.rotateToken, { params, json: {} });
            onMade(made.token);
          }}
        >
          <p>The old one is good for nothing at once. Name, scopes and end stay.</p>
        </ConfirmButton>
      )}
      <ConfirmButton
        label="Revoke"
        name={`Revoke the token ${token.name}`}
        title={`Revoke the token ${token.name}?`}
        said={`${token.name} is revoked.`}
        onConfirm={() => api.call(tokenRoutes.deleteToken, { params })}
      >
        <p>
          {token.current
            ? "This page works with it: you are signed out."
            : "Whatever uses it is refused from then on."}
        </p>
      </ConfirmButton>
    </div>
  );
}
