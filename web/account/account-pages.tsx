import { lazy, Suspense } from "react";
import type { ReactNode } from "react";
import { Route, Switch } from "wouter";
import { Skeleton } from "../parts/skeleton.tsx";

const LinkPage = lazy(async () => ({ default: (await import("./link-page.tsx")).LinkPage }));
const ResetPage = lazy(async () => ({ default: (await import("./reset-page.tsx")).ResetPage }));
const SignUpPage = lazy(async () => ({ default: (await import("./sign-up-page.tsx")).SignUpPage }));
const VerifyPage = lazy(async () => ({ default: (await import("./verify-page.tsx")).VerifyPage }));

/** The pages that are there for whoever is not signed in, each loaded when it is gone to; every other address is `children`. */
export function AccountPages({ onSignedIn, children }: { onSignedIn: () => void; children: ReactNode }) {
  return (
    <Suspense fallback={<Skeleton rows={3} label="Loading the page" />}>
      <Switch>
        <Route path="/sign-up">
          <SignUpPage />
        </Route>
        <Route path="/sign-in/link">
          <LinkPage onSignedIn={onSignedIn} />
        </Route>
        <Route path="/reset-password">
          <ResetPage />
        </Route>
        <Route path="/verify-email">
          <VerifyPage />
        </Route>
        <Route>{children}</Route>
      </Switch>
    </Suspense>
  );
}
