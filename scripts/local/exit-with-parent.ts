// Preloaded into the processes that `npm start` runs: when the process that started them is gone, however it
// ended, they end as well.
if (process.send !== undefined) {
  process.once("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
  });
  process.channel?.unref();
}
