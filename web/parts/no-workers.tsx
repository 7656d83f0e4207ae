import { Link } from "wouter";
import { CopyCommand } from "./copy-command.tsx";

/** In the place of workers where there is none yet: how to make the first. */
export function NoWorkers() {
  return (
    <div className="card empty">
      <h2>There is no worker yet</h2>
      <p>A worker is a folder with a worker.yml and a script. Push an example:</p>
      <CopyCommand command="npx floom workers push workers-examples/hello-worker" />
      <p>
        Or begin your own, <Link to="/new-worker">here</Link> or at the terminal:
      </p>
      <CopyCommand command="npx floom init my-worker && npx floom workers push my-worker" />
    </div>
  );
}
