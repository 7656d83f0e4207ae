import { buildOutput } from "#contract/outputs/build-output";
import { describePartial } from "#contract/outputs/describe-partial";
import type { PartialOutput } from "#contract/runs/partial";
import { ShowOutput } from "./output-view.tsx";

interface PartialProps {
  run: string;
  partial: PartialOutput;
  /** The run ended without a result: this is all that there is. */
  isOver: boolean;
}

/** What a function has handed back before it is done, by its shape. */
export function PartialResult({ run, partial, isOver }: PartialProps) {
  const { view } = buildOutput(null, { result: partial.pieces }, []);
  return (
    <section aria-labelledby="partial-heading">
      <h2 id="partial-heading">{isOver ? "What came before it ended" : "So far"}</h2>
      <div className="card">
        <p className="muted">{describePartial(partial)}</p>
        <ShowOutput run={run} view={view} name="so far" />
      </div>
    </section>
  );
}
