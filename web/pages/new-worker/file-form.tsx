import { useRef, useState } from "react";
import type { ChangeEvent, FormEvent } from "react";
import { deployRoutes } from "#contract/deploys/routes";
import type { Deployed } from "#contract/deploys/deploy";
import { formatBytes, formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import type { Api } from "../../api/api-context.ts";
import { TextField } from "../../parts/labelled.tsx";
import { listChosen, placeFiles, readSourceFile } from "./read-folder.ts";
import type { ChosenFile } from "./read-folder.ts";
import { filesOfSkill, SKILL_PATH } from "./skill.ts";
import { useDrop } from "./use-drop.ts";

export interface MakeFormProps {
  isBusy: boolean;
  onMake: (work: () => Promise<Deployed>) => Promise<void>;
}

/** So many files are named; of more it is said how many there are. */
const NAMED_FILES = 8;

/** What was chosen, as a zip that is sent as it is, or as files. */
async function deployFiles(api: Api, files: readonly ChosenFile[]): Promise<Deployed> {
  const [only] = files;
  if (files.length === 1 && only?.path.endsWith(".zip") === true) {
    return api.call(deployRoutes.deployZip, {
      query: { folder: only.path.slice(0, -".zip".length) },
      body: only.file,
      headers: { "content-type": "application/zip" },
    });
  }
  if (files.length === 1 && only?.path === SKILL_PATH)
    return api.call(deployRoutes.deploy, { json: { files: filesOfSkill(await only.file.text()) } });
  const { folder, placed } = placeFiles(files);
  const name = folder || (only?.path.replace(/\.\w+$/, "") ?? "");
  return api.call(deployRoutes.deploy, {
    json: {
      ...(name === "" || (files.length > 1 && folder === "") ? {} : { name }),
      files: await Promise.all(placed.map(readSourceFile)),
    },
  });
}

/** Has the browser offer folders instead of files. */
function chooseFolder(input: HTMLInputElement | null): void {
  if (input !== null) input.webkitdirectory = true;
}

/** A worker of files: chosen, dropped anywhere on the form, or pasted into it. */
export function FileForm({ isBusy, onMake }: MakeFormProps) {
  const api = useApi();
  const [files, setFiles] = useState<readonly ChosenFile[]>([]);
  const form = useRef<HTMLFormElement>(null);
  const isOver = useDrop(form, setFiles);
  const choose = (event: ChangeEvent<HTMLInputElement>) =>
    setFiles(listChosen(event.currentTarget.files ?? []));
  function send(event: FormEvent): void {
    event.preventDefault();
    void onMake(() => deployFiles(api, files));
  }
  return (
    <section aria-labelledby="files-heading">
      <h2 id="files-heading">Of files</h2>
      <form ref={form} className={isOver ? "card drop-zone is-over" : "card drop-zone"} onSubmit={send}>
        <p>
          Drop a folder, a zip, a <code>SKILL.md</code> or a <code>.py</code> file here, or choose it:
        </p>
        <div className="field-columns">
          <TextField label="A folder" type="file" multiple ref={chooseFolder} onChange={choose} />
          <TextField
            label="Or a zip, or single files"
            type="file"
            multiple
            accept=".zip,.py,.js,.mjs,.sh,.md,.yml,.yaml,.txt,.json"
            onChange={choose}
          />
        </div>
        <Chosen files={files} />
        <button type="submit" className="primary" disabled={isBusy || files.length === 0}>
          {isBusy
            ? "Deploying …"
            : files.length === 0
              ? "Deploy"
              : `Deploy ${formatCount(files.length, "file")}`}
        </button>
      </form>
    </section>
  );
}

function Chosen({ files }: { files: readonly ChosenFile[] }) {
  if (files.length === 0) return null;
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <output className="chosen-files">
      <span className="muted">
        {formatCount(files.length, "file")}, {formatBytes(bytes)}
      </span>
      <span className="tags">
        {files.slice(0, NAMED_FILES).map(({ path }) => (
          <span key={path} className="tag">
            {path}
          </span>
        ))}
        {files.length > NAMED_FILES && <span className="tag">{files.length - NAMED_FILES} more</span>}
      </span>
    </output>
  );
}
