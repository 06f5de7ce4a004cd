"""Rows: foreign keys point down, only verbs write the core, nothing happens behind anyone's back."""

from __future__ import annotations

import ast
from pathlib import Path

from django.apps import apps

from okienko.events import models as events
from okienko.tickets import models as tickets
from tests.house import floors, outside, sources

WRITES = {
    "save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update", "delete",
    "add", "remove", "set", "clear",
}  # fmt: skip
MANAGERS = {"objects", "messages", "attachments", "participants", "drafts", "tags", "files"}
CORE = {m.__name__ for module in (tickets, events) for m in vars(module).values() if isinstance(m, type) and m.__module__ == module.__name__ and hasattr(m, "_meta")} - {"Change"}  # fmt: skip  # noqa: E501
ROWS = {"ticket", "message", "draft", "event"}


def test_foreign_keys_point_down_the_floors() -> None:
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("okienko."):
            continue
        room = model.__module__.split(".")[1]
        for field in model._meta.get_fields():
            target = field.related_model
            if (
                not field.concrete
                or not isinstance(target, type)
                or not target.__module__.startswith("okienko.")
            ):
                continue
            if floors()[target.__module__.split(".")[1]] > floors()[room]:
                wrong.append(f"{model.__name__}.{field.name} → {target.__name__}")
    assert not wrong


def test_only_verbs_write_tickets_messages_and_events() -> None:
    wrong = [
        f"{path}:{call.lineno} {ast.unparse(call.func)}"
        for path, tree in outside("tickets", "events")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _writes_core(call)
    ]
    assert not wrong


def _writes_core(call: ast.Call) -> bool:
    """Whether this looks like ``Ticket.objects….update(…)``, ``ticket.save()`` or ``ticket.tags.add(…)``."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return False
    names: list[str] = []
    node: ast.expr = call.func.value
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        else:
            node = node.func
    root = node.id if isinstance(node, ast.Name) else ""
    if root in CORE:
        return "objects" in names
    return root in ROWS and (not names or bool(MANAGERS & set(names)))


def test_there_are_no_signals_and_no_overridden_save() -> None:
    wrong: list[tuple[Path, str]] = []
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(
                (".signals", "django.dispatch")
            ):
                wrong.append((path, f"imports {node.module}"))
            if isinstance(node, ast.ClassDef) and path.name == "models.py":
                for method in node.body:
                    if isinstance(method, ast.FunctionDef) and method.name in ("save", "delete"):
                        wrong.append((path, f"{node.name}.{method.name}"))
    assert not wrong
