import { Link } from "wouter";

/** Leads to the run that something started; nothing where it started none. */
export function RunLink({ run }: { run: string | null }) {
  if (run === null) return null;
  return (
    <Link to={`/runs/${run}`} className="nowrap">
      See it
    </Link>
  );
}
