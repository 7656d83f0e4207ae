import type { ReactNode } from "react";
import { CopyCommand } from "./copy-command.tsx";

interface EmptyProps {
  title: string;
  /** What it would be for, and what to do next. */
  children: ReactNode;
  /** The same step at the terminal. */
  command?: string;
}

/** In the place of a list with nothing in it: why, and the next step. */
export function Empty({ title, children, command }: EmptyProps) {
  return (
    <div className="card empty">
      <h2>{title}</h2>
      <p>{children}</p>
      {command !== undefined && <CopyCommand command={command} />}
    </div>
  );
}
