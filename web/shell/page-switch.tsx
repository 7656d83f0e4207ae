import { Suspense } from "react";
import { Route, Switch } from "wouter";
import { MissingPage } from "../pages/missing-page.tsx";
import { PageGuard } from "../parts/page-guard.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { pages } from "./pages.ts";

/** The page that the address names. Another worker or run at the same address's form is a page of its own. */
export function Page() {
  return (
    <Switch>
      {pages.map(({ path, what, view: View }) => (
        <Route key={path} path={path}>
          {(params) => (
            <PageGuard key={path}>
              <Suspense fallback={<Skeleton rows={6} label={`Loading ${what}`} />}>
                <View key={Object.values({ ...params, tab: "" }).join("/")} params={params} />
              </Suspense>
            </PageGuard>
          )}
        </Route>
      ))}
      <Route>
        <MissingPage />
      </Route>
    </Switch>
  );
}
