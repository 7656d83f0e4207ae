/** How a worker is written, on one page for whoever writes one by tools. The whole contract is docs/reference. */
export const authoringText = `# Write a worker

A worker is a folder of code that runs in a sandbox, by hand, by cron or by a webhook.

## One Python file

Typed functions are enough. Each function is an action, its parameters are the form, its docstring is the description:

    def add(a: int, b: int = 2) -> int:
        """Adds two numbers."""
        return a + b

Deploy it: worker_deploy with { "code": "...", "name": "adder" }.

## worker.yml with a script

    schema_version: "0.3"
    name: greet
    title: Greet somebody
    description: Says hello.
    version: 0.1.0
    exec:
      entry: run.py
      runtime: python311
      command: python run.py
      inputs:
        - name: who
          type: string
          required: true
      outputs:
        - name: greeting
          type: string

beside run.py, run.js or run.sh. worker_validate says what is wrong with it, each fault with its place.

- Inputs: \`inputs.json\` in the work directory, all by name; a file input is a path.
- Log: whatever is printed. Standard error is at level warning.
- Outputs: \`result.json\` at the end: { "status": "success", "outputs": { "greeting": "Hello" } }. A failure is
  { "status": "error", "error": "what went wrong" }, or an exit code other than 0.
- Files: write below \`out/\` and name their paths as outputs or in "artifacts".
- Secrets: declare their names; each is an environment variable. Never print or return one.
- Dependencies: requirements.txt or package.json in the folder.
- Network: off unless the manifest asks for it.

## The loop

1. worker_validate, then worker_deploy.
2. Call the worker's own tool, or run_start; run_wait until it is over.
3. After a failure: run_logs, mend, worker_deploy, run_replay.
4. schedule_set for a cron; version_rollback to go back.
`;
