import { platformRoutes } from "#contract/system/routes";
import { tokenRoutes } from "#contract/tokens/routes";
import { tokenLimits } from "#contract/tokens/limits";
import { scopesOfTokens } from "#contract/access/roles";
import { useApi } from "../../api/api-context.ts";
import { useRead } from "../../api/use-read.ts";
import { CheckField, TextField } from "../../parts/labelled.tsx";
import { ChangeDialog, textOf } from "../../ui/dialog.tsx";
import { scopeWords } from "./scope-words.ts";

interface TokenDialogProps {
  /** The service account whose token it is to be; one's own without. */
  account?: string;
  onMade: (token: string) => void;
  onClose: () => void;
}

/** Makes a token: what for, what it may, and until when. */
export function TokenDialog({ account, onMade, onClose }: TokenDialogProps) {
  const api = useApi();
  const info = useRead(platformRoutes.getWorkspaceInfo);
  const offered = scopesOfTokens(info.data?.principal.scopes ?? []);
  async function send(form: FormData): Promise<void> {
    const { token } = await api.call(tokenRoutes.createToken, {
      json: {
        name: textOf(form, "name"),
        scopes: offered.filter((scope) => form.get(scope) !== null),
        expires_in_days: Number(textOf(form, "days")),
        ...(account === undefined ? {} : { service_account: account }),
      },
    });
    onMade(token);
  }
  return (
    <ChangeDialog
      title={account === undefined ? "Make a token" : `Make a token of ${account}`}
      action="Make it"
      send={send}
      said=""
      onClose={onClose}
    >
      <TextField
        label="What it is for"
        name="name"
        required
        placeholder="CI of the web shop"
        autoComplete="off"
      />
      <TextField
        label="Days until it ends"
        name="days"
        type="number"
        min={1}
        max={tokenLimits.token_days.value}
        defaultValue={tokenLimits.token_days_default.value}
        required
      />
      <fieldset className="plain scopes">
        <legend>What it may do</legend>
        {offered.map((scope) => (
          <CheckField
            key={scope}
            name={scope}
            label={scopeWords[scope]}
            defaultChecked={scope.endsWith(":read")}
          />
        ))}
      </fieldset>
    </ChangeDialog>
  );
}
