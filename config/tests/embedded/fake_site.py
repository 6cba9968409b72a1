"""A site like Fanfare's whose processes need no Django, under the real supervisor: `… fake_site PORT [fault]`.

Faults: `preparation` and `web` name what fails at the start; `silence` is a web that never answers.
"""

import sys

from config.embedded.child import Spec
from config.embedded.paths import PROJECT, Layout, data_folder
from config.embedded.refusals import exit_code
from config.embedded.site import Environment, Site, answers_health, serve

_FAILURE = ("-c", "raise SystemExit('the roof is on fire')")
_PROCESS = ("-m", "config.tests.embedded.fake_process")


def fake_site(layout: Layout, port: int, fault: str) -> Site:
    webs = {"web": _FAILURE, "silence": (*_PROCESS, "silent web")}

    def processes(environment: Environment) -> list[Spec]:
        def spec(name: str, *words: str) -> Spec:
            return Spec(
                name=name,
                command=(sys.executable, *words),
                log=layout.logs / f"{name}.log",
                environment=environment,
                folder=PROJECT,
                ready=(lambda: answers_health(port)) if name == "web" else (lambda: True),
            )

        return [
            spec("web", *webs.get(fault, (*_PROCESS, "web", str(port)))),
            spec("worker", *_PROCESS, "worker"),
            spec("beat", *_PROCESS, "beat"),
        ]

    preparation = _FAILURE if fault == "preparation" else ("-c", "print('prepared')")
    return Site(port, [(sys.executable, *preparation)], processes, greeting=f"The fake stands at port {port}.")


if __name__ == "__main__":
    port, fault = int(sys.argv[1]), " ".join(sys.argv[2:])
    layout = Layout(data_folder())
    sys.exit(exit_code(lambda: serve(layout, fake_site(layout, port, fault))))
