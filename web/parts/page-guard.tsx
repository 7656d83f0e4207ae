import { Component } from "react";
import type { ReactNode } from "react";
import { describeError } from "../api/describe-error.ts";

interface PageGuardProps {
  /** Nothing of the app stands around it: what it tells is the page. */
  isOutermost?: boolean;
  /** Around a part that the page is whole without: what stands in its place, instead of what is told of a page. */
  instead?: ReactNode;
  children: ReactNode;
}

/**
 * Around a page: what it throws is told in its place, and the rest of the app stays; around the whole app, for what has none
 * of its own; around a small part, which alone is missing then. Most of all that is a part of the script that is not there
 * any more, since the server was brought up to date while the app was open; loaded anew it is found again.
 */
export class PageGuard extends Component<PageGuardProps, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    const { isOutermost = false, instead, children } = this.props;
    if (error === undefined) return children;
    if (instead !== undefined) return instead;
    const notice = (
      <div className="card notice" role="alert">
        <h1>This page could not be shown</h1>
        <p>
          The server may have been brought up to date since the app was opened, or cannot be reached. What was
          typed here is lost; what was saved is not.
        </p>
        <p className="muted">
          {error instanceof TypeError ? "A part of the app did not come." : describeError(error).detail}
        </p>
        <button type="button" onClick={() => window.location.reload()}>
          Load it anew
        </button>
      </div>
    );
    return isOutermost ? <main className="narrow">{notice}</main> : notice;
  }
}
