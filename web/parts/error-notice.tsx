import { describeError } from "../api/describe-error.ts";

/** What went wrong, what to do about it, and a way to try again. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, detail, remedy, reference } = describeError(error);
  return (
    <div className="card notice" role="alert">
      <h2>{title}</h2>
      <p>{detail}</p>
      {remedy !== "" && <p>{remedy}</p>}
      {reference !== "" && <p className="muted">Request {reference}</p>}
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
