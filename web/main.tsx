import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { refreshOnFocus } from "./api/queries.ts";
import { takeTokenFromAddress } from "./api/session.ts";
import { PageGuard } from "./parts/page-guard.tsx";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/parts.css";
import "./styles/lists.css";
import "./styles/dialog.css";
import "./styles/forms.css";
import "./styles/outputs.css";
import "./styles/log.css";
import "./styles/run.css";

refreshOnFocus(window);
const offeredToken = takeTokenFromAddress(window.location, window.history, window.localStorage);

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element #root");
createRoot(root).render(
  <StrictMode>
    <PageGuard isOutermost>
      <App offeredToken={offeredToken} />
    </PageGuard>
  </StrictMode>,
);
