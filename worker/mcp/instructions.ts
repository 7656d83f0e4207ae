/** What a model is told once, before it sees any tool. */
export const instructions = `Floom turns a folder of code into a worker: a job that runs in a sandbox by hand, on a schedule or from a webhook, with every run on record.

Write a worker. Either one Python file of typed functions (each function with type hints is an action with a form; return a value), or worker.yml with run.py, run.js or run.sh. A script reads its inputs from inputs.json in its working directory (or with \`floom.inputs()\`) and answers by writing result.json there: {"status": "success", "outputs": {...}}. The resource floom://docs/authoring has all of it. Call worker_validate first, then worker_deploy. Secrets that are missing are set with secret_set or, better, by the person: \`floom secrets set NAME\`.

Run it. Every worker is a tool by its own name; run_start runs any. A call waits a while and then gives the run's id: call run_wait until the status is completed, failed or cancelled. Where an answer was lost look at run_list before you call again, or start with run_start and an idempotency_key, which may be repeated. After a failure read run_logs, mend the code, worker_deploy again, run_replay with version active.

Keep it running. schedule_set runs it by cron, schedule_list says when it ran and will run. version_list, version_diff and version_rollback go back. share_create makes a link for people.

People decide. Where the status is approval_required give the person the address decide_at, and wait with run_wait. Ask before you delete or share anything.`;
