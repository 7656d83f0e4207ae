import { useState } from "react";
import type { ChangeEvent, FormEvent } from "react";
import { useLocation } from "wouter";
import { deployRoutes } from "#contract/deploys/routes";
import type { Deployed } from "#contract/deploys/deploy";
import { formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import type { Api } from "../../api/api-context.ts";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { TextAreaField, TextField } from "../../parts/labelled.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { useSay } from "../../parts/said.tsx";
import { textOf } from "../../ui/dialog.tsx";
import { useChange } from "../../ui/use-change.ts";
import { PlacedErrors } from "../worker/placed-errors.tsx";
import { placeFiles, readSourceFile } from "./read-folder.ts";

const EXAMPLE = `def greet(name: str, times: int = 1) -> str:
    """Greets somebody.

    Args:
        name: Who is greeted.
        times: How often.
    """
    return " ".join([f"Hello, {name}!"] * times)
`;

/** Makes a worker, or a new version of one: of a folder, of a zip, or of code that is written here. */
export function NewWorkerPage() {
  const change = useChange();
  const say = useSay();
  const [, navigate] = useLocation();
  async function make(work: () => Promise<Deployed>): Promise<void> {
    await change.make(async () => {
      const { worker, state, version } = await work();
      say(
        state === "quarantined"
          ? `Version ${version} of ${worker} waits for a review.`
          : `${worker} is there, in version ${version}.`,
      );
      navigate(`/workers/${encodeURIComponent(worker)}`);
    }, "");
  }
  return (
    <>
      <PageHeading title="New worker" />
      <p className="lead">
        A folder with a worker.yml and a script, a SKILL.md, or one file of typed functions. The name that is
        there already gets a new version.
      </p>
      {change.error !== undefined && (
        <>
          <ErrorNotice error={change.error} />
          <PlacedErrors error={change.error} />
        </>
      )}
      <FolderForm isBusy={change.busy} onMake={make} />
      <CodeForm isBusy={change.busy} onMake={make} />
      <section aria-labelledby="terminal-heading">
        <h2 id="terminal-heading">From the command line</h2>
        <CopyCommand command="npx floom init my-worker && npx floom workers push my-worker" />
      </section>
    </>
  );
}

interface MakeFormProps {
  isBusy: boolean;
  onMake: (work: () => Promise<Deployed>) => Promise<void>;
}

/** What was chosen, as a zip that is sent as it is, or as files. */
async function deployFiles(api: Api, files: readonly File[]): Promise<Deployed> {
  const [only] = files;
  if (files.length === 1 && only?.name.endsWith(".zip") === true) {
    return api.call(deployRoutes.deployZip, {
      query: { folder: only.name.slice(0, -".zip".length) },
      body: only,
      headers: { "content-type": "application/zip" },
    });
  }
  const { folder, placed } = placeFiles(files);
  const name = folder || (only?.name.replace(/\.\w+$/, "") ?? "");
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

function FolderForm({ isBusy, onMake }: MakeFormProps) {
  const api = useApi();
  const [files, setFiles] = useState<readonly File[]>([]);
  const choose = (event: ChangeEvent<HTMLInputElement>) => setFiles([...(event.currentTarget.files ?? [])]);
  function send(event: FormEvent): void {
    event.preventDefault();
    void onMake(() => deployFiles(api, files));
  }
  return (
    <section aria-labelledby="folder-heading">
      <h2 id="folder-heading">Of files</h2>
      <form className="card" onSubmit={send}>
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

function CodeForm({ isBusy, onMake }: MakeFormProps) {
  const api = useApi();
  function send(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const code = form.get("code");
    void onMake(() =>
      api.call(deployRoutes.deploy, {
        json: {
          name: textOf(form, "name"),
          // Browsers end the lines of a form with a carriage return each; Python's are not.
          code: typeof code === "string" ? code.replaceAll("\r\n", "\n") : "",
        },
      }),
    );
  }
  return (
    <section aria-labelledby="code-heading">
      <h2 id="code-heading">Of functions written here</h2>
      <form className="card" onSubmit={send}>
        <TextField
          label="Name"
          name="name"
          required
          placeholder="greeter"
          pattern="[a-z0-9][a-z0-9\-]{1,62}[a-z0-9]"
          hint="Small letters, digits and hyphens: it is the worker’s address."
          autoComplete="off"
        />
        <TextAreaField
          label="Python, with types"
          name="code"
          rows={12}
          required
          className="code-text"
          spellCheck={false}
          defaultValue={EXAMPLE}
          hint="Each function becomes a form, an endpoint and a tool."
        />
        <button type="submit" className="primary" disabled={isBusy}>
          {isBusy ? "Deploying …" : "Deploy"}
        </button>
      </form>
    </section>
  );
}
