import { lazy, Suspense, useState } from "react";
import { Link, useLocation } from "wouter";
import { WorkspaceChoice } from "../account/workspace-choice.tsx";
import { useMay } from "../api/use-may.ts";
import { PageGuard } from "../parts/page-guard.tsx";
import { placeGroups } from "./pages.ts";
import { PaletteButton } from "./palette-button.tsx";

/** What approvals are made of is no part of what every page loads first. */
const PendingCount = lazy(async () => ({ default: (await import("./pending-count.tsx")).PendingCount }));

const notCounted = (
  <span className="count">
    ?<span className="visually-hidden"> could not be counted</span>
  </span>
);

interface SideBarProps {
  /** A person is signed in, not a token. */
  hasSession: boolean;
  onSignOut: () => void;
}

/** Where one can go, beside every page; on a narrow screen behind a button. */
export function SideBar({ hasSession, onSignOut }: SideBarProps) {
  // It was opened at an address; at another one it is closed again.
  const [location] = useLocation();
  const [openedAt, setOpenedAt] = useState<string | null>(null);
  const isOpen = openedAt === location;
  return (
    <header className="side-bar" data-open={isOpen}>
      <div className="side-top">
        <Link to="/" className="brand">
          Floom
        </Link>
        <PaletteButton />
        <button
          type="button"
          className="menu-button"
          aria-expanded={isOpen}
          aria-controls="main-nav"
          onClick={() => setOpenedAt(isOpen ? null : location)}
        >
          Menu
        </button>
      </div>
      <nav id="main-nav" aria-label="Main">
        {hasSession && <WorkspaceChoice />}
        <Places />
        <ul className="side-foot">
          <li>
            <a href="/api/docs">API</a>
          </li>
          {hasSession && (
            <li>
              <SideLink path="/account" label="Account" />
            </li>
          )}
          <li>
            <button type="button" className="quiet" onClick={onSignOut}>
              Sign out
            </button>
          </li>
        </ul>
      </nav>
    </header>
  );
}

function Places() {
  const may = useMay();
  return placeGroups.map(({ label, places }) => (
    <div key={label} className="side-group">
      <h2 id={`places-${label}`}>{label}</h2>
      <ul aria-labelledby={`places-${label}`}>
        {places
          .filter(({ scope }) => scope === undefined || may(scope))
          .map((place) => (
            <li key={place.path}>
              <SideLink {...place} />
            </li>
          ))}
      </ul>
    </div>
  ));
}

function SideLink({ path, label }: { path: string; label: string }) {
  const [location] = useLocation();
  const isHere = path === "/" ? location === "/" : location === path || location.startsWith(`${path}/`);
  return (
    <Link to={path} className="side-link" aria-current={isHere ? "page" : undefined}>
      {label}
      {path === "/approvals" && (
        <PageGuard instead={notCounted}>
          <Suspense fallback={null}>
            <PendingCount />
          </Suspense>
        </PageGuard>
      )}
    </Link>
  );
}
