import { useState } from "react";
import type { ChangeEvent } from "react";
import { useLocation } from "wouter";
import { contextRoutes } from "#contract/contexts/routes";
import type { ContextDetail } from "#contract/contexts/context-bundle";
import { formatBytes, formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";
import { SaveButton } from "../../parts/save-button.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { FileDialog } from "./file-dialog.tsx";

/** A context's files, its versions, and its end. */
export function ContextBody({ context }: { context: ContextDetail }) {
  const api = useApi();
  const may = useMay()("contexts:write");
  const [open, setOpen] = useState<string | null>(null);
  const params = { context: context.name };
  return (
    <>
      <section aria-labelledby="files-heading">
        <div className="head-row">
          <h2 id="files-heading">Files</h2>
          <div className="actions">
            {may && <AddFiles name={context.name} version={context.version} />}
            {may && (
              <button type="button" className="small" onClick={() => setOpen("")}>
                Write a file
              </button>
            )}
            <SaveButton
              filename={`${context.name}.zip`}
              fetchFile={() => api.open(contextRoutes.downloadContext, { params })}
            >
              Download as zip
            </SaveButton>
          </div>
        </div>
        {context.files.length === 0 ? (
          <Empty title="It is empty" command={`npx floom contexts push ./${context.name}`}>
            Add files, or put a whole folder into it at the terminal:
          </Empty>
        ) : (
          <Files context={context} mayChange={may} onOpen={setOpen} />
        )}
      </section>
      <Versions context={context} mayChange={may} />
      {may && <DeleteContext context={context} />}
      {open !== null && (
        <FileDialog context={context} path={open} mayChange={may} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

/** Puts files of this machine into it, each as a version of its own. */
function AddFiles({ name, version }: { name: string; version: number }) {
  const api = useApi();
  const change = useChange();
  async function add(event: ChangeEvent<HTMLInputElement>): Promise<void> {
    const files = [...(event.currentTarget.files ?? [])];
    event.currentTarget.value = "";
    await change.make(
      async () => {
        for (const [at, file] of files.entries()) {
          await api.call(contextRoutes.putContextFile, {
            params: { context: name, file: file.name },
            query: at === 0 ? { base: version } : {},
            body: file,
            headers: { "content-type": "application/octet-stream" },
          });
        }
      },
      `${formatCount(files.length, "file")} added.`,
    );
  }
  return (
    <>
      <label className="button small">
        {change.busy ? "Adding …" : "Add files"}
        <input
          type="file"
          multiple
          className="visually-hidden"
          disabled={change.busy}
          onChange={(event) => void add(event)}
        />
      </label>
      {change.error !== undefined && <ErrorNotice error={change.error} />}
    </>
  );
}

interface FilesProps {
  context: ContextDetail;
  mayChange: boolean;
  onOpen: (path: string) => void;
}

function Files({ context, mayChange, onOpen }: FilesProps) {
  const api = useApi();
  return (
    <ListTable
      caption="Files"
      rows={context.files}
      keyOf={({ path }) => path}
      columns={[
        {
          head: "File",
          cell: ({ path, has_secret_warning: isSuspect }) => (
            <span>
              <button type="button" className="small" onClick={() => onOpen(path)}>
                <code>{path}</code>
              </button>{" "}
              {isSuspect && <Pill tone="bad">May hold a secret</Pill>}
            </span>
          ),
        },
        { head: "Size", cell: ({ size_bytes: bytes }) => formatBytes(bytes), isNumber: true },
        { head: "Since version", cell: ({ version }) => version, isNumber: true },
        {
          head: "",
          cell: ({ path }) =>
            mayChange ? (
              <div className="actions">
                <ConfirmButton
                  label="Delete"
                  name={`Delete ${path}`}
                  title={`Delete ${path}?`}
                  said={`${path} is deleted.`}
                  onConfirm={() =>
                    api.call(contextRoutes.deleteContextFile, {
                      params: { context: context.name, file: path },
                      query: { base: context.version },
                    })
                  }
                >
                  <p>Earlier versions keep it.</p>
                </ConfirmButton>
              </div>
            ) : null,
        },
      ]}
    />
  );
}

function Versions({ context, mayChange }: { context: ContextDetail; mayChange: boolean }) {
  const api = useApi();
  const versions = useRead(contextRoutes.listContextVersions, { params: { context: context.name } });
  return (
    <section aria-labelledby="versions-heading">
      <h2 id="versions-heading">Versions</h2>
      <Loaded query={versions} what="its versions">
        {(all) =>
          all.length === 0 ? (
            <p className="card muted">The first file makes the first version.</p>
          ) : (
            <ListTable
              caption="Versions, newest first"
              rows={all}
              keyOf={({ id }) => id}
              columns={[
                { head: "Version", cell: ({ version }) => version },
                { head: "What was done", cell: ({ message }) => message },
                {
                  head: "Holds",
                  cell: ({ file_count: count, total_bytes: bytes }) =>
                    `${formatCount(count, "file")}, ${formatBytes(bytes)}`,
                },
                { head: "When", cell: ({ timestamp: at }) => <Moment iso={at} /> },
                {
                  head: "",
                  cell: ({ version }) =>
                    mayChange && version !== context.version ? (
                      <div className="actions">
                        <ConfirmButton
                          label="Go back to it"
                          name={`Go back to it: version ${version}`}
                          title={`Go back to version ${version}?`}
                          isDanger={false}
                          said={`The files of version ${version} are back.`}
                          onConfirm={() =>
                            api.call(contextRoutes.rollbackContext, {
                              params: { context: context.name, version: String(version) },
                              query: { base: context.version },
                            })
                          }
                        >
                          <p>Its files become a new version; nothing of the history goes.</p>
                        </ConfirmButton>
                      </div>
                    ) : null,
                },
              ]}
            />
          )
        }
      </Loaded>
    </section>
  );
}

function DeleteContext({ context }: { context: ContextDetail }) {
  const api = useApi();
  const [, navigate] = useLocation();
  const { name, used_by: users } = context;
  return (
    <section aria-labelledby="delete-heading">
      <h2 id="delete-heading">Delete it</h2>
      <div className="card row attention">
        <span className="row-main">
          {users.length === 0
            ? "No worker mounts it."
            : `${users.join(", ")} mount it: their runs are refused without it.`}
        </span>
        <ConfirmButton
          label="Delete"
          className="small danger"
          title={`Delete ${name}?`}
          typeToConfirm={name}
          said={`${name} is deleted.`}
          onConfirm={() =>
            api.call(contextRoutes.deleteContext, {
              params: { context: name },
              query: { force: users.length > 0 ? "true" : "false" },
            })
          }
          onDone={() => navigate("/contexts")}
        >
          <p>All its versions go with it, and it cannot be brought back.</p>
        </ConfirmButton>
      </div>
    </section>
  );
}
