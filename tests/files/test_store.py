"""The same bytes are kept once; what is stored can be read, whatever its size."""

from __future__ import annotations

import pytest

from okienko.files import store
from okienko.files.models import Blob, Content

LARGE = b"x" * (store.IN_DATABASE + 1)


@pytest.mark.django_db
@pytest.mark.parametrize("data", [b"", b"mail", LARGE])
def test_bytes_come_back_and_are_kept_once(data: bytes) -> None:
    blob = store.store(data)
    assert store.store(data) == blob
    assert store.read(blob) == data
    with store.opened(blob) as file:
        assert file.read() == data
    assert Blob.objects.count() == 1


@pytest.mark.django_db
def test_small_content_lies_in_the_database_and_large_in_a_file() -> None:
    small, large = store.store(b"mail"), store.store(LARGE)
    assert list(Content.objects.values_list("blob_id", flat=True)) == [small.pk]
    assert store.path(large.sha256).read_bytes() == LARGE
    assert not list(store.path(large.sha256).parent.glob(".new-*"))


@pytest.mark.django_db
def test_a_lost_file_is_written_again_when_the_same_bytes_come() -> None:
    blob = store.store(LARGE)
    store.path(blob.sha256).unlink()
    assert store.store(LARGE) == blob
    assert store.read(blob) == LARGE
