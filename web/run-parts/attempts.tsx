import type { RunDetail } from "#contract/runs/run";

/** Every try of a run and how it ended; nothing while there was only one. */
export function Attempts({ attempts }: { attempts: RunDetail["attempts"] }) {
  if (attempts.length < 2) return null;
  return (
    <section aria-labelledby="attempts-heading">
      <h2 id="attempts-heading">Attempts</h2>
      <ol className="card attempts">
        {attempts.map((one) => (
          <li key={one.attempt}>
            {describeEnd(one)} <Started at={one.started_at} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Started({ at }: { at: string | null }) {
  if (at === null) return null;
  return (
    <time className="muted" dateTime={at}>
      {new Date(at).toLocaleTimeString()}
    </time>
  );
}

function describeEnd({ ended_at, lost, error_code }: RunDetail["attempts"][number]): string {
  if (lost) return `Lost by the platform${error_code === null ? "" : ` (${error_code})`}`;
  if (ended_at === null) return "Under way";
  return error_code === null ? "Went well" : `Failed: ${error_code}`;
}
