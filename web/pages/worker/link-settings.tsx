import { useState } from "react";
import { shareRoutes } from "#contract/shares/routes";
import type { App, ShareSummary } from "#contract/shares/share";
import { formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { CheckField, ChoiceField, TextField } from "../../parts/labelled.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ShownOnce } from "../../ui/shown-once.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { addressesOf, ChangeDialog, textOf } from "../../ui/dialog.tsx";

const stateWords: Record<App["state"], string> = {
  private: "Nobody outside the workspace",
  link: "Whoever has a link",
  password: "Whoever knows a password",
  invited: "People at chosen addresses",
  public: "Everybody",
};
const kindWords: Record<ShareSummary["kind"], string> = {
  worker: "The form",
  run: "A run’s results",
  artifact: "A file of a run",
  file: "A file of a context",
};

/** A worker's public page and the links to it and its runs. */
export function LinkSettings({ worker }: { worker: string }) {
  const may = useMay()("workers:write");
  const [open, setOpen] = useState<"page" | "link" | null>(null);
  const [made, setMade] = useState<string | null>(null);
  const app = useRead(shareRoutes.getApp, { params: { worker } });
  const shares = useRead(shareRoutes.listShares, { query: { worker } });
  return (
    <section aria-labelledby="links-heading">
      <h2 id="links-heading">Shown to others</h2>
      <Loaded query={app} what="its public page" rows={2}>
        {(page) => (
          <div className="card stack">
            <p>
              <strong>{stateWords[page.state]}</strong> may open its page
              {page.state !== "private" && `; ${formatCount(page.run_count, "run")} came from there`}.
            </p>
            {page.state !== "private" && <CopyCommand command={page.url} />}
            {may && (
              <div className="actions">
                <button type="button" className="small" onClick={() => setOpen("page")}>
                  Say who may open it
                </button>
                {page.state !== "private" && (
                  <button type="button" className="small" onClick={() => setOpen("link")}>
                    Make a link
                  </button>
                )}
              </div>
            )}
            {open === "page" && <PageDialog worker={worker} app={page} onClose={() => setOpen(null)} />}
          </div>
        )}
      </Loaded>
      <Loaded query={shares} what="its links" rows={2}>
        {(all) => (all.length === 0 ? null : <Links shares={all} mayChange={may} />)}
      </Loaded>
      {open === "link" && (
        <LinkDialog
          worker={worker}
          onMade={(url) => {
            setMade(url);
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {made !== null && (
        <ShownOnce title="The link" value={made} onClose={() => setMade(null)}>
          Whoever has it may run the worker.
        </ShownOnce>
      )}
    </section>
  );
}

function Links({ shares, mayChange }: { shares: readonly ShareSummary[]; mayChange: boolean }) {
  const api = useApi();
  return (
    <ListTable
      caption="Links"
      rows={shares}
      keyOf={({ id }) => id}
      columns={[
        { head: "Link", cell: ({ name, kind }) => name ?? kindWords[kind] },
        { head: "Shows", cell: ({ kind }) => kindWords[kind] },
        { head: "Runs", cell: ({ run_count: count }) => count, isNumber: true },
        { head: "Ends", cell: ({ expires_at: at }) => <Moment iso={at} /> },
        {
          head: "",
          cell: ({ id, name, kind }) =>
            mayChange ? (
              <div className="actions">
                <ConfirmButton
                  label="Revoke"
                  name={`Revoke the link ${name ?? kindWords[kind]}`}
                  title="Revoke this link?"
                  said="The link opens nothing any more."
                  onConfirm={() => api.call(shareRoutes.deleteShare, { params: { share: id } })}
                >
                  <p>Whoever has it finds nothing there from then on.</p>
                </ConfirmButton>
              </div>
            ) : null,
        },
      ]}
    />
  );
}

interface PageDialogProps {
  worker: string;
  app: App;
  onClose: () => void;
}

function PageDialog({ worker, app, onClose }: PageDialogProps) {
  const api = useApi();
  const [state, setState] = useState(app.state);
  async function send(form: FormData): Promise<void> {
    const password = textOf(form, "password");
    await api.call(shareRoutes.setApp, {
      params: { worker },
      json: {
        state,
        slug: textOf(form, "slug"),
        ...(password === "" ? {} : { password }),
        ...(state === "invited" ? { invited: addressesOf(form, "invited") } : {}),
      },
    });
  }
  return (
    <ChangeDialog
      title="Who may open the page?"
      action="Save"
      send={send}
      said="Who may open the page is changed."
      onClose={onClose}
    >
      <ChoiceField
        label="Open to"
        value={state}
        choices={Object.entries(stateWords)}
        onChange={({ currentTarget: { value } }) => {
          const wanted = Object.keys(stateWords).find((name) => name === value);
          if (wanted !== undefined && isState(wanted)) setState(wanted);
        }}
      />
      <TextField label="Name in the address" name="slug" defaultValue={app.slug} required />
      {state === "password" && (
        <TextField
          label={app.has_password ? "A new password, if it is to be another" : "Password"}
          name="password"
          type="password"
          autoComplete="new-password"
        />
      )}
      {state === "invited" && (
        <TextField label="E-mail addresses" name="invited" defaultValue={app.invited.join(", ")} />
      )}
    </ChangeDialog>
  );
}

const isState = (word: string): word is App["state"] => Object.hasOwn(stateWords, word);

interface LinkDialogProps {
  worker: string;
  onMade: (url: string) => void;
  onClose: () => void;
}

function LinkDialog({ worker, onMade, onClose }: LinkDialogProps) {
  const api = useApi();
  async function send(form: FormData): Promise<void> {
    const name = textOf(form, "name");
    const { url } = await api.call(shareRoutes.createWorkerShare, {
      params: { worker },
      json: {
        ...(name === "" ? {} : { name }),
        expires_in_days: Number(textOf(form, "days")),
        allow_copy: form.get("copy") !== null,
      },
    });
    onMade(url);
  }
  return (
    <ChangeDialog title="Make a link" action="Make the link" send={send} said="" onClose={onClose}>
      <TextField label="What it is for" name="name" hint="In your words; visitors do not see it." />
      <TextField label="Days until it ends" name="days" type="number" min={1} max={365} defaultValue={30} />
      <CheckField name="copy" label="Whoever has it may copy the worker’s files" />
    </ChangeDialog>
  );
}
