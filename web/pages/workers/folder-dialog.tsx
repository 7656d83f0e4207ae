import { useState } from "react";
import { workerRoutes } from "#contract/workers/routes";
import type { WorkerSummary } from "#contract/workers/worker";
import { formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { forEach } from "../../api/for-each.ts";
import { CheckField, TextField } from "../../parts/labelled.tsx";
import { ChangeDialog, textOf } from "../../ui/dialog.tsx";

interface FolderDialogProps {
  /** Those that may be moved. */
  workers: readonly WorkerSummary[];
  /** All folders that are there. */
  folders: readonly string[];
  onClose: () => void;
}

/** Puts workers into a folder of the list: one that is there, a new one, none, or the one that worker.yml names. */
export function FolderDialog({ workers, folders, onClose }: FolderDialogProps) {
  const api = useApi();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    new Set(workers.length === 1 ? workers.map(({ id }) => id) : []),
  );
  const [isDeclared, setDeclared] = useState(false);
  function turn(id: string): void {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  }
  const move = (form: FormData) => {
    const folder = isDeclared ? null : textOf(form, "folder");
    return forEach([...chosen], (worker) =>
      api.call(workerRoutes.setWorkerFolder, { params: { worker }, json: { folder } }),
    );
  };
  return (
    <ChangeDialog
      title="Put into a folder"
      action={chosen.size > 1 ? `Move ${chosen.size} workers` : "Move it"}
      isReady={chosen.size > 0}
      send={move}
      said={`${formatCount(chosen.size, "worker")} moved.`}
      onClose={onClose}
    >
      {workers.length > 1 && (
        <fieldset className="plain pick-many">
          <legend>Workers</legend>
          {workers.map(({ id, name, folder }) => (
            <CheckField
              key={id}
              label={folder === null ? name : `${name} (in ${folder})`}
              checked={chosen.has(id)}
              onChange={() => turn(id)}
            />
          ))}
        </fieldset>
      )}
      <TextField
        label="Folder"
        name="folder"
        list="known-folders"
        maxLength={64}
        autoComplete="off"
        disabled={isDeclared}
        hint="Empty for no folder. One that is not there yet is made; everybody in the workspace sees it."
      />
      <datalist id="known-folders">
        {folders.map((folder) => (
          <option key={folder} value={folder}>
            {folder}
          </option>
        ))}
      </datalist>
      <CheckField
        label="Where worker.yml says"
        checked={isDeclared}
        onChange={(event) => setDeclared(event.currentTarget.checked)}
      />
    </ChangeDialog>
  );
}
