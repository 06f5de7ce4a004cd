"""What the connection test of a mailbox says, step by step and in plain words, while it runs and afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from okienko.channels.email import check
from okienko.channels.email.config import mailbox
from okienko.channels.email.troubles import sentence
from okienko.mailroom.models import Channel
from okienko.work.models import Job

NO_SUCH_SERVER = ("unknown_server", "timeout", "refused", "encryption", "network", "cut_off")
MARKS = {"ok": "y", "failed": "n", "running": "r", "waiting": "w", "skipped": "w"}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the test: ``mark`` is its sign's class, ``icon`` the sign, ``took`` how long it was."""

    name: str
    state: str
    mark: str
    icon: str
    title: str
    text: str
    took: str
    code: str


@dataclass(frozen=True, slots=True)
class Test:
    """One connection test as it stands."""

    steps: list[Step]
    is_over: bool
    is_good: bool
    done: int
    total: int
    failed_at: str

    @property
    def is_server_wrong(self) -> bool:
        """Whether a server was not there, did not answer or spoke otherwise: its name, port or encryption is wrong."""
        return any(step.code in NO_SUCH_SERVER for step in self.steps)

    @property
    def is_password_refused(self) -> bool:
        """Whether sending, but not receiving, was refused for the password."""
        return any(step.name == "out" and step.code == "sign_in" for step in self.steps)


def last_test(channel: Channel) -> Test | None:
    """The newest test of the mailbox; None when there was none, or when it could not be run to its end."""
    jobs = Job.objects.filter(handler=check.HANDLER, arguments__channel=channel.pk)
    job = jobs.order_by("-pk").first()
    if job is None or (job.is_over and job.error):
        return None
    return _told(job, channel)


def _told(job: Job, channel: Channel) -> Test:
    waiting = [{"name": name, "state": "waiting"} for name in check.STEPS]
    rows: list[dict[str, Any]] = (job.result or {}).get("steps", waiting)
    box = mailbox(channel)
    absent = {"in"} if box.imap is None else set()
    absent |= {"out"} if box.smtp is None else set()
    absent |= {"back", "plus"} if absent else set()
    steps = [_step(row, box.folder) for row in rows if row["name"] not in absent]
    failed = [step.name for step in steps if step.state == "failed"]
    return Test(
        steps=steps,
        is_over=job.is_over,
        is_good=job.is_over and not set(failed) - {"plus"},
        done=sum(step.state in ("ok", "failed", "skipped") for step in steps),
        total=len(steps),
        failed_at=next(iter(failed), ""),
    )


def _step(row: dict[str, Any], folder: str) -> Step:
    state = row["state"]
    problem = row.get("problem")
    text = sentence(problem) if problem else _text(row["name"], state, row.get("about") or {}, folder)
    if problem and row["name"] == "plus":
        text = _("Replies carry the ticket's number in the subject instead. That works too.")
    if problem and row["name"] == "out" and problem["code"] == "sign_in":
        own = _("Some providers want a password of its own for programs; it is made in their settings.")
        text = f"{text} {own}"
    took = ""
    if state in ("ok", "failed"):
        took = _("%(seconds)s s") % {"seconds": number_format(row["seconds"], 1)}
    # What is not there without being needed is no failure.
    shown = "skipped" if problem and row["name"] == "plus" else state
    return Step(
        row["name"],
        shown,
        MARKS[shown],
        {"ok": "check", "failed": "x"}.get(shown, ""),
        _title(row["name"], shown),
        text,
        took,
        problem["code"] if problem else "",
    )


def _title(name: str, state: str) -> str:
    words = {
        "in": (_("Receiving"), _("Receiving works"), _("Receiving does not work yet")),
        "out": (_("Sending"), _("Sending works"), _("Sending does not work yet")),
        "back": (_("Test mail"), _("The test mail came back"), _("The test mail did not come back")),
        "plus": (_("Reply addresses"), _("Reply addresses work"), _("Reply addresses")),
    }[name]
    return words[{"ok": 1, "failed": 2}.get(state, 0)]


def _text(name: str, state: str, about: dict[str, Any], folder: str) -> str:
    if state == "skipped":
        return _("Not tried, because of what went wrong before.")
    if state == "ok":
        if name == "in":
            count = int(about.get("messages", 0))
            said = ngettext(
                "Signed in. There is %(count)s message in %(folder)s, and we have not touched it.",
                "Signed in. There are %(count)s messages in %(folder)s, and we have not touched them.",
                count,
            ) % {"count": count, "folder": folder}
            live = (
                _("New mail shows up at once.")
                if about.get("idle")
                else _("The server does not tell of new mail, so we look every minute.")
            )
            return f"{said} {live}"
        return {
            "out": _("Signed in."),
            "back": _("What the mailbox sends to itself arrives."),
            "plus": _("Each reply carries its own signed address, so an answer always finds its ticket."),
        }[name]
    return {
        "in": _("Signing in and looking at the folder."),
        "out": _("Signing in."),
        "back": _("The mailbox sends a mail to itself; we wait until it is there, at most half a minute."),
        "plus": _("The same once more with a plus in the address."),
    }[name]
