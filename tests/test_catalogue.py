"""Every message can be said in Japanese, with the same values in it."""

import ast
import re

from babel.messages.pofile import read_po

from tests.messages import all_messages


def _catalogue(root):
    with (root / "cskit/locale/ja/cskit.po").open("rb") as file:
        return read_po(file, locale="ja")


def _fields(text):
    return set(re.findall(r"{(\w+)}", text))


def test_every_message_has_a_japanese_translation(root):
    known = {entry.id: entry.string for entry in _catalogue(root) if entry.id}
    missing = [
        f"{place}: {message!r}" for message, place in all_messages(root).items() if not any(known.get(message, ""))
    ]
    assert not missing, "\n".join(missing)


def test_a_translation_fills_in_the_values_of_its_message(root):
    wrong = []
    for entry in _catalogue(root):
        if not entry.id:
            continue
        plural = entry.id[-1] if isinstance(entry.id, tuple | list) else entry.id
        for text in entry.string if isinstance(entry.string, tuple | list) else (entry.string,):
            if _fields(text) != _fields(plural):
                wrong.append(f"{plural!r} -> {text!r}")
    assert not wrong, "\n".join(wrong)


def test_no_translation_outlives_its_message(root):
    said = {message if isinstance(message, str) else message[0] for message in all_messages(root)}
    unused = [
        entry.id
        for entry in _catalogue(root)
        if entry.id and (entry.id if isinstance(entry.id, str) else entry.id[0]) not in said
    ]
    assert not unused


def test_no_two_columns_of_a_table_share_a_japanese_name(root):
    # A table is made of a dict: of two columns with one name only the second is left.
    known = {entry.id: entry.string for entry in _catalogue(root) if isinstance(entry.id, str)}
    shared = []
    for path in (root / "cskit").rglob("*.py"):
        for table in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(table, ast.Dict):
                heads = [known.get(head, head) for head in map(_said_by, table.keys) if head]
                shared += [f"{path.name}:{table.lineno} {head}" for head in set(heads) if heads.count(head) > 1]
    assert not shared, "\n".join(shared)


def _said_by(node):
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
    return node.args[0].value if called and isinstance(node.args[0], ast.Constant) else None


def test_no_translation_claims_that_there_is_no_difference(root):
    never = ("差がない", "有意差なし", "差はありません")
    said = [entry.string for entry in _catalogue(root) if entry.id]
    assert not [text for text in said if any(words in str(text) for words in never)]


def test_no_message_hides_in_an_f_string(root):
    # Before Python 3.12 the extractor does not look into f-strings.
    hidden = [
        f"{path.name}:{number}"
        for path in (root / "cskit").rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"""\bf(['"]).*\{[^}'"]*\bn?_\(""", line)
    ]
    assert not hidden
