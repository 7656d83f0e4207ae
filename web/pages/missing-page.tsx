import { Link } from "wouter";
import { PageHeading } from "../parts/page-heading.tsx";

/** For an address that names no page. */
export function MissingPage() {
  return (
    <>
      <PageHeading title="There is no such page" />
      <p>
        Go to <Link to="/">the overview</Link>, or to <Link to="/workers">all workers</Link>.
      </p>
    </>
  );
}
