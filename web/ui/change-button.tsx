import { useChange } from "./use-change.ts";
import { describeError } from "../api/describe-error.ts";

interface ChangeButtonProps {
  label: string;
  /** For screen readers, where several buttons of the page have the same label. */
  name?: string;
  said: string;
  className?: string;
  onPress: () => Promise<unknown>;
}

/** Does at once what can be undone as easily; what it met is said beside it. */
export function ChangeButton({ label, name, said, className = "small", onPress }: ChangeButtonProps) {
  const change = useChange();
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={name}
        disabled={change.busy}
        onClick={() => void change.make(onPress, said)}
      >
        {label}
      </button>
      {change.error !== undefined && (
        <span role="alert" className="field-error">
          {describeError(change.error).detail}
        </span>
      )}
    </>
  );
}
