import { useState } from "react";
import { moveRoutes } from "#contract/moves/routes";
import type { ImportItem } from "#contract/moves/move";
import { useApi } from "../../api/api-context.ts";
import type { Api } from "../../api/api-context.ts";
import { CheckField, TextField } from "../../parts/labelled.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Pill } from "../../parts/pill.tsx";
import type { Tone } from "../../parts/pill.tsx";
import { FormDialog } from "../../ui/dialog.tsx";
import { useChange } from "../../ui/use-change.ts";

const outcomeLooks: Record<ImportItem["outcome"], { words: string; tone: Tone }> = {
  made: { words: "Taken over", tone: "good" },
  there: { words: "Was there", tone: "plain" },
  refused: { words: "Not taken over", tone: "bad" },
  missing: { words: "Still to be set", tone: "wait" },
};

type Flags = Record<"dry_run" | "live", "true" | "false">;

/** Sends an archive and goes on with it to its end, telling how far it is. */
async function importAll(
  api: Api,
  { file, flags }: { file: File; flags: Flags },
  tell: (done: string) => void,
): Promise<ImportItem[]> {
  let answer = await api.call(moveRoutes.importWorkspace, {
    query: flags,
    body: file,
    headers: { "content-type": "application/zip" },
  });
  const items = [...answer.items];
  while (answer.next !== null) {
    tell(`${answer.done} of ${answer.total} steps are done.`);
    answer = await api.call(moveRoutes.continueImport, {
      params: { archive: answer.archive },
      query: { ...flags, from: answer.next },
    });
    items.push(...answer.items);
  }
  return items;
}

/** Takes over what an archive of another workspace holds; what is there already stays. */
export function ImportArchive() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="small" onClick={() => setOpen(true)}>
        Import …
      </button>
      {isOpen && <ImportDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function ImportDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const change = useChange();
  const [progress, setProgress] = useState("");
  const [items, setItems] = useState<readonly ImportItem[] | null>(null);
  async function send(form: FormData): Promise<void> {
    const file = form.get("archive");
    if (!(file instanceof File)) return;
    const flag = (name: string) => (form.get(name) === "on" ? "true" : "false");
    const flags: Flags = { dry_run: flag("dry_run"), live: flag("live") };
    await change.make(
      async () => setItems(await importAll(api, { file, flags }, setProgress)),
      flags.dry_run === "true" ? "Nothing was changed." : "The archive is taken over.",
    );
    setProgress("");
  }
  return (
    <FormDialog
      title="Import an archive"
      action="Import"
      isWide
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      <TextField
        label="Archive"
        name="archive"
        type="file"
        accept=".zip,application/zip"
        required
        hint="The zip that Export gives. What is here under the same name stays as it is; sent again, nothing is made twice."
      />
      <CheckField label="Only say what would become of each thing" name="dry_run" />
      <CheckField label="Start what was not paused; otherwise all arrives paused" name="live" />
      {progress !== "" && <output>{progress}</output>}
      {items !== null && <Outcome items={items} />}
    </FormDialog>
  );
}

function Outcome({ items }: { items: readonly ImportItem[] }) {
  if (items.length === 0) return <p className="muted">There was nothing in it.</p>;
  return (
    <ListTable
      caption="What became of each thing"
      rows={items}
      keyOf={({ kind, name }) => `${kind} ${name}`}
      columns={[
        { head: "What", cell: ({ kind, name }) => `${kind} ${name}` },
        {
          head: "Became",
          cell: ({ outcome }) => <Pill tone={outcomeLooks[outcome].tone}>{outcomeLooks[outcome].words}</Pill>,
        },
        {
          head: "Why, or what is left to do",
          cell: ({ detail, secret }) => (
            <>
              {detail}
              {secret !== null && (
                <span>
                  {" "}
                  Its new secret, shown this once: <code>{secret}</code>
                </span>
              )}
            </>
          ),
        },
      ]}
    />
  );
}
