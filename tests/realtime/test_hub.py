"""The hub: each page hears of what it watches, and of nothing else."""

from __future__ import annotations

from okienko.realtime.hub import Hub, Socket


def a_page(hub: Hub, *topics: str) -> Socket:
    socket = Socket("session")
    hub.join(socket)
    hub.watch(socket, frozenset(topics))
    return socket


def test_a_page_hears_of_what_it_watches() -> None:
    hub = Hub()
    ola, marek = a_page(hub, "list", "ticket-1"), a_page(hub, "ticket-2")
    hub.publish(["list", "ticket-1", "ticket-3"])
    assert ola.changed == {"list", "ticket-1"}
    assert not marek.changed


def test_watching_anew_replaces_what_was_watched() -> None:
    hub = Hub()
    page = a_page(hub, "ticket-1")
    hub.watch(page, frozenset({"ticket-2"}))
    hub.publish(["ticket-1"])
    assert not page.changed
    hub.publish(["ticket-2"])
    assert page.changed == {"ticket-2"}


def test_a_page_that_left_hears_nothing_and_leaves_nothing_behind() -> None:
    hub = Hub()
    page = a_page(hub, "list")
    assert hub.anyone.is_set()
    hub.leave(page)
    hub.publish(["list"])
    assert not page.changed
    assert not hub.anyone.is_set()
    assert not hub._watching


def test_what_changed_while_the_page_was_on_its_way_is_told_when_it_watches() -> None:
    hub = Hub()
    hub.publish(["ticket-1"])
    assert a_page(hub, "ticket-1", "list").changed == {"ticket-1"}


def test_after_missed_news_every_page_reads_again() -> None:
    hub = Hub()
    page = a_page(hub, "list", "ticket-1")
    hub.publish_all()
    assert page.changed == {"list", "ticket-1"}
