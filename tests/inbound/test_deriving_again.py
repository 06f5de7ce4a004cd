"""A better parser reads the raw mail again; what people did stays."""

from __future__ import annotations

from okienko.inbound import rederive
from okienko.lib.html import SANITISER_VERSION
from okienko.lib.mail import PARSER_VERSION
from okienko.mailroom.models import Channel
from okienko.tickets.models import Message
from okienko.work import jobs
from okienko.work.models import Job
from tests.builders import a_mail, arrives


def test_messages_of_an_older_parser_are_read_again_from_their_raw_form(pomoc: Channel) -> None:
    row = arrives(a_mail("Nowa treść", files=(("umowa.pdf", b"%PDF"),)), pomoc)
    Message.objects.filter(pk=row.filed_as_id).update(
        parser_version=0, segments=[["new", "źle"]], html="<b>źle</b>"
    )
    attachment = Message.objects.get(pk=row.filed_as_id).attachments.get()
    rederive.begin_if_outdated()
    jobs.run()
    message = Message.objects.get(pk=row.filed_as_id)
    assert (message.visible_text, message.html) == ("Nowa treść", "")
    assert (message.parser_version, message.sanitiser_version) == (PARSER_VERSION, SANITISER_VERSION)
    assert message.attachments.get() == attachment
    assert Job.objects.get(handler=rederive.HANDLER).result == {"again": 1, "failed": 0}


def test_other_files_replace_the_attachments(pomoc: Channel) -> None:
    row = arrives(a_mail("Nowa treść", files=(("umowa.pdf", b"%PDF"),)), pomoc)
    message = Message.objects.get(pk=row.filed_as_id)
    message.attachments.update(filename="zepsuta nazwa")
    Message.objects.filter(pk=message.pk).update(parser_version=0)
    rederive.begin_if_outdated()
    jobs.run()
    assert [a.filename for a in message.attachments.all()] == ["umowa.pdf"]


def test_each_version_is_worked_through_once(pomoc: Channel) -> None:
    rederive.begin_if_outdated()
    rederive.begin_if_outdated()
    assert Job.objects.filter(handler=rederive.HANDLER).count() == 1
