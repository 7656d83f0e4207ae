import { useLocation } from "wouter";
import type { Deployed } from "#contract/deploys/deploy";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { useSay } from "../../parts/said.tsx";
import { useChange } from "../../ui/use-change.ts";
import { PlacedErrors } from "../worker/placed-errors.tsx";
import { CodeForm } from "./code-form.tsx";
import { FileForm } from "./file-form.tsx";
import { Gallery } from "./gallery.tsx";

/** Makes a worker, or a new version of one: of files, of a text, or of a template. */
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
      <FileForm isBusy={change.busy} onMake={make} />
      <CodeForm isBusy={change.busy} onMake={make} />
      <Gallery onMake={make} />
      <section aria-labelledby="terminal-heading">
        <h2 id="terminal-heading">From the command line</h2>
        <CopyCommand command="npx floom init my-worker && npx floom workers push my-worker" />
      </section>
    </>
  );
}
