import { ApiProblem } from "#contract/client";
import { showLine } from "#contract/outputs/show-text";

/** What is wrong, each by its file and line, with what mends it. */
export function PlacedErrors({ error }: { error: unknown }) {
  const found = error instanceof ApiProblem ? (error.problem.errors ?? []) : [];
  if (found.length === 0) return null;
  return (
    <ul className="card rows">
      {found.map(({ pointer, detail, fix, file, line }) => (
        <li key={`${file ?? ""} ${line ?? ""} ${pointer} ${detail}`} className="row">
          <span className="row-main">
            <span>
              <strong>
                {showLine(file ?? pointer, 200)}
                {line !== undefined && `, line ${line}`}
              </strong>{" "}
              {showLine(detail, 500)} {fix !== undefined && showLine(fix, 500)}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
