import { Component } from "react";
import type { ReactNode } from "react";
import { ErrorNotice } from "./error-notice.tsx";

interface PageGuardProps {
  children: ReactNode;
}

/**
 * Around a page: what it throws is told in its place, and the rest of the app stays. A part of the script that is not there
 * any more, since the server was brought up to date while the page was open, is found again by loading the page anew.
 */
export class PageGuard extends Component<PageGuardProps, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return <ErrorNotice error={this.state.error} onRetry={() => window.location.reload()} />;
  }
}
