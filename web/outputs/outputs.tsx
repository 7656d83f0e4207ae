import type { RunDetail } from "#contract/runs/run";
import { FilePreview } from "./file-preview.tsx";

type OutputView = RunDetail["output_schema"][number];

/** The declared outputs of a run that has ended, in the order of worker.yml. */
export function Outputs({ detail }: { detail: RunDetail }) {
  const given = detail.output_schema.filter(
    ({ value, artifact_id }) => value !== null || artifact_id !== null,
  );
  if (given.length === 0) return null;
  return (
    <section aria-labelledby="outputs-heading">
      <h2 id="outputs-heading">Outputs</h2>
      <dl className="card outputs">
        {given.map((output) => (
          <div key={output.name}>
            <dt>{output.label}</dt>
            <dd>
              <OutputValue detail={detail} output={output} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function OutputValue({ detail, output }: { detail: RunDetail; output: OutputView }) {
  const artifact = detail.artifacts.find(({ id }) => id === output.artifact_id);
  if (artifact !== undefined) return <FilePreview run={detail.id} artifact={artifact} />;
  if (typeof output.value === "string") return <span className="output-text">{output.value}</span>;
  return <pre className="raw">{JSON.stringify(output.value, null, 2)}</pre>;
}
