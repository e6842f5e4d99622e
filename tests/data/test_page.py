from cskit.data.page import page
from cskit.data.schema import tables


def test_the_page_of_the_tables_is_in_step_with_the_schema(root):
    written = (root / "docs" / "tables.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m cskit.data.page > docs/tables.md"


def test_every_column_stands_on_the_page_once_per_table():
    assert page().count("\n| `") == sum(len(table.columns) for table in tables().values())
