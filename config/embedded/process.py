"""How a process is started: as whom, and so that it does not outlive the supervisor.

PR_SET_PDEATHSIG follows the thread that forked, so the supervisor starts everything from its main thread and has no
other. Elsewhere than on Linux the watcher alone sees to it that nothing is left.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# linux/sched.h, linux/prctl.h, linux/capability.h
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1

_libc = ctypes.CDLL(None, use_errno=True)

Become = Callable[[], None]


def oneself() -> None:
    """An ordinary user's server runs as that user."""


def root_by_another_number() -> None:
    """`postgres` refuses user number 0. In a user namespace of its own, root carries number 1000.

    Outside the namespace the process is still root: its files belong to root, and a folder that only root may enter
    stays reachable. user_namespaces(7): setgroups must be denied before gid_map may be written.
    """
    user, group = os.geteuid(), os.getegid()
    _check(_libc.unshare(_CLONE_NEWUSER))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {user} 1")
    Path("/proc/self/gid_map").write_text(f"1000 {group} 1")


def nobody_with_access() -> None:
    """The way for root where user namespaces are forbidden, as in most containers.

    The process is `nobody` and keeps one capability, to pass folders that only root may enter: a checkout under
    /root needs neither a copy of the binaries elsewhere nor wider permissions. capabilities(7), "Ambient".
    """
    nobody = pwd.getpwnam("nobody")
    _check(_libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
    os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    kept = 1 << _CAP_DAC_OVERRIDE
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(kept, kept, kept, 0, 0, 0)
    _check(_libc.capset(header, effective_permitted_inheritable))
    _check(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def popen(
    command: Sequence[str | Path],
    *,
    become: Become = oneself,
    death_signal: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    own_session: bool = False,
    stdin: int | None = None,
    output: int | None = None,
    keep_open: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Starts `command` as `become`, with `death_signal` for it when we die. `output` takes stdout and stderr.

    Raises OSError when it cannot be run and subprocess.SubprocessError when `become` failed.
    """
    return subprocess.Popen(
        [os.fspath(part) for part in command],
        env=environment,
        cwd=folder,
        stdin=stdin,
        stdout=output,
        stderr=output,
        start_new_session=own_session,
        pass_fds=keep_open,
        preexec_fn=_before_exec(become, death_signal),  # noqa: PLW1509 - there is one thread
    )


def _before_exec(become: Become, death_signal: signal.Signals) -> Callable[[], None]:
    """`become`, then ask for `death_signal`: in this order, as a change of user clears the request (prctl(2))."""
    supervisor = os.getpid()

    def prepare() -> None:
        become()
        if sys.platform == "linux":
            _check(_libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0))
            if os.getppid() != supervisor:
                os._exit(1)  # it died before the request stood

    return prepare
