import { lazy, Suspense, useState } from "react";
import { workerRoutes } from "#contract/workers/routes";
import type { WorkerDetail } from "#contract/workers/worker";
import { formatBytes } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { useMay } from "../../api/use-may.ts";
import { useSay } from "../../parts/said.tsx";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { SaveButton } from "../../parts/save-button.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import { PlacedErrors } from "./placed-errors.tsx";

/** The editor is larger than the rest of the page together: it comes when a file is shown. */
const CodeEditor = lazy(async () => ({ default: (await import("../../code/code-editor.tsx")).CodeEditor }));

type Edits = Readonly<Record<string, string>>;

/** A worker's files: read, changed, and saved together as a new version. */
export function SourceTab({ worker }: { worker: WorkerDetail }) {
  const api = useApi();
  const may = useMay();
  const [edits, setEdits] = useState<Edits>({});
  // What is edited was read of this version: a push in between is told, not overwritten.
  const [base, setBase] = useState({ version: worker.version, files: worker.files });
  const [path, setPath] = useState(() => firstPath(worker));
  // Another round is another text in the same file's editor.
  const [round, setRound] = useState(0);
  const changed = Object.keys(edits);
  const file = base.files.find((one) => one.path === path);
  function startOver(): void {
    setBase({ version: worker.version, files: worker.files });
    forget();
  }
  function forget(): void {
    setEdits({});
    setRound((count) => count + 1);
  }
  function edit(text: string): void {
    setEdits(({ [path]: _before, ...others }) =>
      text === file?.content ? others : { ...others, [path]: text },
    );
  }
  return (
    <>
      {base.version !== worker.version && changed.length === 0 && (
        <p className="card">
          Version {worker.version} is active by now.{" "}
          <button type="button" className="small" onClick={startOver}>
            Show it
          </button>
        </p>
      )}
      <div className="source">
        <FileList files={base.files} chosen={path} changed={changed} onChoose={setPath} />
        <div>
          {file === undefined || file.content === null ? (
            <p className="card muted">
              {file === undefined ? "Choose a file." : "This file is no text that can be shown here."}
            </p>
          ) : (
            <Suspense fallback={<Skeleton rows={10} label="Loading the editor" />}>
              <CodeEditor
                key={`${round} ${path}`}
                label={path}
                language={file.language}
                text={edits[path] ?? file.content}
                isReadOnly={!may("workers:write")}
                onChange={edit}
              />
            </Suspense>
          )}
        </div>
      </div>
      <div className="actions">
        {may("workers:write") && (
          <SaveVersion
            worker={worker}
            baseVersion={base.version}
            edits={edits}
            onForget={forget}
            onSaved={(version, text) => {
              setBase({
                version,
                files: base.files.map((one) => ({ ...one, content: text[one.path] ?? one.content })),
              });
              setEdits({});
            }}
          />
        )}
        <SaveButton
          filename={`${worker.id}-v${base.version}.zip`}
          fetchFile={() => api.open(workerRoutes.downloadWorkerBundle, { params: { worker: worker.id } })}
        >
          Download as zip
        </SaveButton>
      </div>
    </>
  );
}

function firstPath({ files, config }: WorkerDetail): string {
  return (files.find(({ path }) => path === config.exec.entry) ?? files[0])?.path ?? "";
}

interface FileListProps {
  files: WorkerDetail["files"];
  chosen: string;
  changed: readonly string[];
  onChoose: (path: string) => void;
}

function FileList({ files, chosen, changed, onChoose }: FileListProps) {
  return (
    <nav aria-label="Files" className="file-list">
      <ul>
        {files.map(({ path, size }) => (
          <li key={path}>
            <button
              type="button"
              className="quiet"
              aria-current={path === chosen ? "true" : undefined}
              onClick={() => onChoose(path)}
            >
              <span>{path}</span>
              <span className="muted">{changed.includes(path) ? "changed" : formatBytes(size)}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface SaveVersionProps {
  worker: WorkerDetail;
  baseVersion: number;
  edits: Edits;
  onForget: () => void;
  onSaved: (version: number, edits: Edits) => void;
}

/** Saves all that was changed as one new version, which is active from then on; what the server finds wrong is shown by its line. */
function SaveVersion({ worker, baseVersion, edits, onForget, onSaved }: SaveVersionProps) {
  const api = useApi();
  const say = useSay();
  const change = useChange();
  const changed = Object.entries(edits);
  async function save(): Promise<void> {
    await change.make(async () => {
      const { version } = await api.call(workerRoutes.updateWorker, {
        params: { worker: worker.id },
        query: { base_version: baseVersion },
        json: { files: changed.map(([path, content]) => ({ path, content })) },
      });
      onSaved(version.number, edits);
      say(`Version ${version.number} is saved${version.active ? " and active" : "; it waits for a review"}.`);
    }, "");
  }
  return (
    <>
      <button
        type="button"
        className="primary"
        disabled={changed.length === 0 || change.busy}
        onClick={() => void save()}
      >
        {change.busy ? "Saving …" : "Save as a new version"}
      </button>
      {changed.length > 0 && (
        <button type="button" className="quiet" onClick={onForget}>
          Forget the changes
        </button>
      )}
      {change.error !== undefined && (
        <div className="full-width">
          <ErrorNotice error={change.error} />
          <PlacedErrors error={change.error} />
        </div>
      )}
    </>
  );
}
