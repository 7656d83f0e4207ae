"""One attempt from its configuration to its last journal entry."""

from __future__ import annotations

import errno
import os
import sys
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Tuple

from .config import Config, claim_attempt, load_config
from .environment import (
    find_command,
    has_default_command,
    install_environment,
    provide_commands,
    script_environment,
)
from .events import EventServer
from .execute import Ended, Execution, Wakeup
from .failure import AttemptFailed, Stopped
from .journal import Journal
from .log_book import STDERR, STDERR_TAIL_BYTES, STDOUT, LogBook
from .own_name import take_own_name
from .processes import adopt_orphans
from .redact import Redactor, known_values
from .unpack import provide_floom_module, unpack
from .wire import Unsendable

if TYPE_CHECKING:
    from .output_files import Upload
    from .poster import Poster
    from .waiting import Understudy


def main(
    arguments: List[str], read_source: Callable[[str], Optional[bytes]], understudy: Optional[Understudy] = None
) -> int:
    """
    `arguments`: the control directory, else the archive's own. `read_source` gives a file of the archive. `understudy`: a
    Python that waits to be the script.
    """
    control_dir = os.path.abspath(arguments[1] if len(arguments) > 1 else os.path.dirname(arguments[0]) or ".")
    config = load_config(control_dir)
    if not claim_attempt(control_dir, config.attempt):
        return 0
    take_own_name(arguments[0])
    if getattr(config, "mode", None) == "build":
        from .build import Build

        Build(config).run()
        return 0
    if understudy is not None:
        understudy.followed = getattr(config, "reuse", False)
    Attempt(config, read_source, understudy).run()
    return 0


# Characters of a failure's sentence; a path in it may be as long as the script likes.
LONGEST_ERROR = 4000


class Attempt:
    """The parts one attempt is made of, and the order they act in."""

    def __init__(
        self, config: Config, read_source: Callable[[str], Optional[bytes]], understudy: Optional[Understudy]
    ) -> None:
        self._understudy = understudy
        self._config = config
        self._read_source = read_source
        self._redactor = Redactor(known_values(config.secrets), [config.run_token])
        self._journal = Journal(config.journal_path, config.limits.journal_post_bytes)
        self._log = LogBook(config, self._journal, self._redactor)
        self._wakeup = Wakeup()
        self._poster: Optional[Poster] = None
        self._ended = Ended()
        self._may_have_begun = False
        self._events: Optional[EventServer] = None
        # The files that are on record already.
        self._filed: List[Upload] = []

    def run(self) -> None:
        try:
            uploads = self._attempt()
            if uploads:
                self._open_poster().start()
                from .output_files import upload

                upload(self._config, uploads, lambda: self._wakeup.stopped)
            self._journal.release()
        except Stopped:
            return
        self._open_poster().finish()

    def _attempt(self) -> List[Upload]:
        """Puts the result on record; gives the files to hand over before it is posted."""
        try:
            result, uploads = self._run_phases()
            self._journal.append(result, vital=True)
            return uploads
        except Stopped:
            raise
        except Exception as error:
            if self._is_of_sandbox(error):
                raise Stopped from error
            result, uploads = self._fail(self._blame(error))
            self._journal.append(result, vital=True)
            return uploads

    def _is_of_sandbox(self, error: Exception) -> bool:
        """
        What keeps a script from beginning where others ran before is taken for something that those have left. Nothing is said
        then: a run that nobody saw begin is begun elsewhere, and if it is its own fault that is told there.
        """
        return getattr(self._config, "use", 1) > 1 and not self._may_have_begun and not isinstance(error, AttemptFailed)

    def _blame(self, error: Exception) -> AttemptFailed:
        if isinstance(error, AttemptFailed):
            return error
        if isinstance(error, Unsendable):
            return AttemptFailed("output_too_large" if error.too_large else "invalid_result_json", error.message)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return _disk_full()
        if self._ended.exit_code is None:
            return _unprepared(error)
        words = f"What the script left behind cannot be taken: {type(error).__name__}: {error}"
        return AttemptFailed("invalid_result_json", words, _trace(error))

    def _run_phases(self) -> Tuple[Dict[str, Any], List[Upload]]:
        self._enter("unpack")
        if getattr(self._config, "use", 1) > 1:
            from .take_over import take_over

            take_over(self._config)
        unpack(self._config)
        provide_commands(self._config)
        provide_floom_module(self._config, self._floom_sources)
        self._install()
        self._execute()
        return self._collect()

    def _enter(self, phase: str) -> None:
        self._journal.append({"type": "phase", "phase": phase})

    def _floom_sources(self) -> Dict[str, str]:
        python = ["__init__.py", "_approval.py", "_call.py", "_channel.py", "_command.py", "_connections.py", "_edge.py"]
        python += ["_models.py", "_store.py", "_workers.py"]
        if "FLOOM_ACTION" in self._config.environment:
            python += ["_from_json.py", "_from_json_classes.py", "_partial.js", "_partial.py", "_to_json.py", "_typed.js", "_typed.py"]
        if "FLOOM_QUERY" in self._config.environment:
            python += [f"_query/{name}.py" for name in ("__init__", "answer", "chart", "failure", "fetch", "guard", "load", "names", "rows", "source", "words")]
        names = (*python, "_actions.py", "_command.js", "_connections.js", "_models.js", "_files.js", "_files.py", "_texts.py", "index.js", "package.json", "py.typed")
        sources = {name: self._read_source(f"floom/{name}") for name in names}
        return {name: source.decode() for name, source in sources.items() if source is not None}

    def _open_poster(self) -> Poster:
        """Late, so that the script's start does not wait for the import; what is on record by then is not lost."""
        if self._poster is None:
            from .poster import Poster

            self._poster = Poster(self._config, self._journal, self._wakeup.stop, _prepare)
        return self._poster

    def _install(self) -> None:
        work_dir = self._config.work_dir
        # A query has no code that could need any.
        if "FLOOM_QUERY" in self._config.environment:
            return
        if not any(os.path.exists(os.path.join(work_dir, name)) for name in ("requirements.txt", "package.json")):
            return
        from .dependencies import find_installs, perform_all
        from .dependency_archive import take_archive

        installs = find_installs(self._config, install_environment())
        if not installs:
            return
        if take_archive(self._config, installs, self._log):
            return
        self._enter("install")
        # Whatever is left of an installer is ended with all that descends from us.
        if self._understudy is not None:
            self._understudy = self._understudy.dismiss()
        adopt_orphans()
        self._open_poster().start()
        perform_all(installs, self._log, self._wakeup)

    def _execute(self) -> None:
        config = self._config
        events_path = os.path.join(config.control_dir, "events.sock")
        environment = script_environment(config, events_path)
        self._events = EventServer(events_path, self._log, self._journal, self._redactor)
        execution = Execution(self._log, self._wakeup, config.timeout_seconds)
        environment["FLOOM_OUTPUTS"] = self._output_names()
        argv = self._argv(environment)
        # Before there is a script: the daemon of one that is quick would belong to nobody we know.
        adopt_orphans()
        self._may_have_begun = True
        self._enter("run")
        try:
            execution.start(argv, [STDOUT, STDERR], environment, config.work_dir, self._understudy)
        except OSError as error:
            raise AttemptFailed("invalid_worker", f"The worker's command cannot be started: {error}") from error
        self._events.check_artifact = self._check_artifact
        execution.serve(self._events, self._open_poster())
        self._ended = execution.wait()
        self._events.finish()
        self._log.finish()
        if self._journal.disk_full:
            self._log.note("Log lines are missing because the sandbox's disk was full.", "warning", vital=True)
        if self._ended.left_running:
            self._log.note("Processes that the script had left running were ended with it.", "warning")

    def _argv(self, environment: Dict[str, str]) -> List[str]:
        config = self._config
        if "FLOOM_ACTION" in config.environment and config.entry.endswith((".js", ".mjs", ".cjs")):
            program = os.path.join(os.path.dirname(config.work_dir), "node_modules", "floom", "_typed.js")
            return [find_command("node", environment["PATH"]) or "node", program, config.entry]
        if "FLOOM_QUERY" in config.environment:
            python = find_command("python", environment["PATH"]) or sys.executable
            return [python, os.path.join(config.lib_dir, "floom", "_call.py"), config.entry]
        if not has_default_command(config):
            return ["sh", "-c", config.command]
        python = find_command("python", environment["PATH"]) or sys.executable
        path = os.path.join(config.work_dir, config.entry)
        source = b""
        if "FLOOM_ACTION" in config.environment:
            return [python, os.path.join(config.lib_dir, "floom", "_call.py"), config.entry]
        if os.path.isfile(path):
            with open(path, "rb") as file:
                source = file.read()
        if b"run" in source:
            from .entry import judge_entry

            called, reason = judge_entry(source, os.path.dirname(path))
            if reason:
                self._log.note(reason, "warning")
            if called:
                # By its path: with -m the work directory, and a token.py in it, would stand before the standard library.
                return [python, os.path.join(config.lib_dir, "floom", "_call.py"), config.entry]
        return [python, config.entry]

    def _output_names(self) -> str:
        import json

        config = self._config
        scalars = [output["name"] for output in config.output_scalars]
        numbers = [output["name"] for output in config.output_scalars if output.get("type") in ("number", "integer")]
        return json.dumps({"scalars": scalars, "numbers": numbers, "files": [output["name"] for output in config.output_files]})

    def _check_artifact(self, path: str) -> Optional[str]:
        from .output_files import PathRefused, resolve_path

        try:
            resolve_path(self._config, path)
        except PathRefused as refusal:
            return f"the artifact {path} {refusal}"
        return None

    def _collect(self) -> Tuple[Dict[str, Any], List[Upload]]:
        from .collect import collect, write_large_outputs

        config = self._config
        self._enter("collect")
        if config.output_files or getattr(config, "contexts", None):
            # Reading them may take long.
            self._open_poster().start()
        failure = self._judge_end()
        if failure is not None:
            raise failure
        assert self._events is not None
        try:
            collected = collect(self._config, self._log, self._events.artifacts)
        except AttemptFailed as error:
            # What is missing or cut short is so because there was no room for it.
            raise _disk_full() if self._journal.disk_full else error
        outputs = self._redactor.json(collected.outputs)
        collected.intake.write(self._journal, self._redactor)
        self._filed = collected.intake.uploads()
        uploads = list(self._filed)
        # A script that asks, or that failed, has not done its work: what it has changed by then is nobody's.
        if getattr(config, "contexts", None) and collected.failure is None and not collected.extras:
            from .contexts import hand_over

            uploads += hand_over(config, self._journal, self._redactor)
        large = write_large_outputs(self._config, outputs)
        self._journal.hold()
        result = self._build_result(collected.failure, None if large else outputs)
        if large:
            uploads.append(large)
            result["outputs_sha256"] = large[2]
        result.update(self._redactor.json(collected.extras))
        return result, uploads

    def _judge_end(self) -> Optional[AttemptFailed]:
        config, ended = self._config, self._ended
        if ended.timed_out:
            return AttemptFailed("timeout", f"The run took longer than its time limit of {config.timeout_seconds:g} seconds.")
        from .verdict import judge_exit

        entry_exists = os.path.exists(os.path.join(config.work_dir, config.entry))
        failure = judge_exit(ended.exit_code or 0, self._stderr_tail(), entry_exists, self._disk_is_full())
        if failure is None or failure.code != "execution_error":
            return failure
        return self._reported_failure() or failure

    def _disk_is_full(self) -> bool:
        try:
            room = os.statvfs(self._config.work_dir)
        except OSError:
            return False
        return room.f_blocks > 0 and room.f_bavail == 0

    def _reported_failure(self) -> Optional[AttemptFailed]:
        """A script that explains itself in result.json before a non-zero exit is quoted, not guessed at."""
        from .result_file import read_result

        try:
            result = read_result(self._config)
        except AttemptFailed:
            return None
        return result.failure if result else None

    def _fail(self, failure: AttemptFailed) -> Tuple[Dict[str, Any], List[Upload]]:
        uploads: List[Upload] = []
        if self._events is not None and self._ended.exit_code is not None and not self._filed:
            from .collect import salvage

            try:
                intake = salvage(self._config, self._log, self._events.artifacts)
                intake.write(self._journal, self._redactor)
                uploads = intake.uploads()
            except (OSError, ValueError, ImportError, AttemptFailed, Unsendable):
                # The failure itself must be told in any case.
                uploads = []
        uploads = self._filed or uploads
        self._log.finish()
        self._journal.hold()
        return self._build_result(failure, None), uploads

    def _build_result(self, failure: Optional[AttemptFailed], outputs: Optional[Dict[str, Any]]) -> Dict[str, Any]:
        ended = self._ended
        raw = failure.error_raw or self._stderr_tail() if failure else ""
        return {
            "type": "result",
            "outcome": "failure" if failure else "success",
            "error_code": failure.code if failure else None,
            "error": self._redactor.text(failure.message)[:LONGEST_ERROR] if failure else None,
            "error_raw": _end_of(self._redactor.text(raw)) or None,
            "exit_code": ended.exit_code,
            "outputs": outputs,
            "usage": {
                "wall_ms": ended.wall_ms,
                "cpu_ms": ended.cpu_ms,
                "max_memory_bytes": ended.max_memory_bytes,
                "log_bytes": self._log.total_bytes,
            },
        }

    def _stderr_tail(self) -> str:
        return self._log.stderr_tail.decode("utf-8", "replace")


def _end_of(text: str) -> str:
    return text.encode("utf-8", "replace")[-STDERR_TAIL_BYTES:].decode("utf-8", "ignore").replace("\0", "\u2400")


def _disk_full() -> AttemptFailed:
    return AttemptFailed("disk_full", "The sandbox's disk is full.")


def _prepare() -> None:
    """
    What the script need not wait for. It is imported early because the edge may write the same archive once more when
    it is not sure that the first time worked.
    """
    from . import collect, verdict  # noqa: F401


def _unprepared(error: Exception) -> AttemptFailed:
    """Not the script's doing, but nobody could believe a word from in here that says so."""
    words = f"The script could not be started: {type(error).__name__}: {error}"
    return AttemptFailed("execution_error", words, _trace(error))


def _trace(error: Exception) -> str:
    import traceback

    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
