/** What an agent's own tools are called: nothing else that it is given may have one of these names. */
export const agentToolNames: ReadonlySet<string> = new Set([
  "list_dir",
  "read_file",
  "write_output",
  "finish_with_outputs",
  "run_command",
  "request_approval",
  "remember_learning",
  "invoke_worker",
  "web_fetch",
  "web_search",
  "log",
]);
