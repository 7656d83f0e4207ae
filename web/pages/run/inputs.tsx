import { showText } from "#contract/outputs/show-text";
import type { RunDetail } from "#contract/runs/run";
import { JsonTree } from "../../outputs/json-tree.tsx";
import { readableName } from "../../parts/input-edits.tsx";

/** What a run was given. */
export function Inputs({ detail }: { detail: RunDetail }) {
  const entries = Object.entries(detail.inputs);
  return (
    <section aria-labelledby="inputs-heading">
      <h2 id="inputs-heading">Inputs</h2>
      {entries.length === 0 ? (
        <p className="card muted">It was given none.</p>
      ) : (
        <dl className="card facts-list">
          {entries.map(([name, value]) => (
            <InputRow key={name} name={name} value={value} />
          ))}
        </dl>
      )}
    </section>
  );
}

function InputRow({ name, value }: { name: string; value: RunDetail["inputs"][string] }) {
  return (
    <>
      <dt title={name}>{readableName(name)}</dt>
      <dd className="preserved">
        {typeof value === "string" ? (
          showText(value).text
        ) : (
          <JsonTree value={value} label={readableName(name)} />
        )}
      </dd>
    </>
  );
}
