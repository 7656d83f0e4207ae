import { useEffect, useState } from "react";
import { describeError, findRemedy } from "../api/describe-error.ts";

/** What to do about an error; looked up when there is one. */
function useRemedy(error: unknown): string {
  const [remedy, setRemedy] = useState(describeError(error).remedy);
  useEffect(() => {
    let isStale = false;
    void findRemedy(error).then((found) => {
      if (!isStale) setRemedy(found);
    });
    return () => {
      isStale = true;
    };
  }, [error]);
  return remedy;
}

/** What went wrong, why, what to do about it, how to name it in a report, and a way to try again. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, detail, code, reference } = describeError(error);
  const remedy = useRemedy(error);
  return (
    <div className="card notice" role="alert">
      <h2>{title}</h2>
      <p>{detail}</p>
      {remedy !== "" && <p>{remedy}</p>}
      {code !== "" && (
        <p className="muted">
          <code>{code}</code> · Request <code>{reference}</code>
        </p>
      )}
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
