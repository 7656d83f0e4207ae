import { useState } from "react";
import { useLocation } from "wouter";
import { connectionRoutes } from "#contract/connections/routes";
import type { ConnectionKind } from "#contract/connections/connection";
import { useApi } from "../../api/api-context.ts";
import { CheckField, ChoiceField, TextField } from "../../parts/labelled.tsx";
import { ChangeDialog, textOf } from "../../ui/dialog.tsx";

const kinds: readonly (readonly [ConnectionKind, string])[] = [
  ["mcp", "A remote MCP server"],
  ["http", "An HTTP API with a key"],
  ["composio", "An app, through Composio"],
];

/** Makes a connection; its server is asked at once. */
export function ConnectionDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const [, navigate] = useLocation();
  const [kind, setKind] = useState<ConnectionKind>("mcp");
  async function send(form: FormData): Promise<void> {
    const owner = form.get("own") === null ? ("workspace" as const) : ("me" as const);
    const named = { name: textOf(form, "name"), owner };
    const secret = textOf(form, "secret");
    const { id } = await api.call(connectionRoutes.createConnection, {
      json:
        kind === "mcp"
          ? {
              kind,
              ...named,
              mcp: { url: textOf(form, "url"), auth: secret === "" ? null : `bearer:${secret}` },
            }
          : kind === "http"
            ? { kind, ...named, http: { base_url: textOf(form, "url"), secret } }
            : { kind, ...named, composio: { app: textOf(form, "app") } },
    });
    navigate(`/connections/${id}`);
  }
  return (
    <ChangeDialog
      title="Make a connection"
      action="Make it"
      send={send}
      said="The connection is made."
      onClose={onClose}
    >
      <ChoiceField
        label="To"
        value={kind}
        choices={kinds}
        onChange={({ currentTarget: { value } }) =>
          setKind(kinds.find(([name]) => name === value)?.[0] ?? "mcp")
        }
      />
      <TextField
        label="Name"
        name="name"
        required
        pattern="[a-z0-9](?:[a-z0-9_\-]{0,30}[a-z0-9])?"
        hint="By which workers declare it: small letters, digits, hyphens."
        autoComplete="off"
      />
      {kind === "composio" ? (
        <TextField label="App" name="app" required placeholder="gmail" />
      ) : (
        <>
          <TextField label="Address" name="url" type="url" required placeholder="https://" />
          <TextField
            label={kind === "http" ? "Secret with the key" : "Secret with a token"}
            name="secret"
            required={kind === "http"}
            pattern="[A-Z][A-Z0-9_]*"
            placeholder="API_KEY"
            hint={
              kind === "http"
                ? "Its value goes into the Authorization header."
                : "Left empty: nothing is sent, or somebody signs in where the server asks for it."
            }
          />
        </>
      )}
      <CheckField name="own" label="For me alone, and runs that I start" />
    </ChangeDialog>
  );
}
