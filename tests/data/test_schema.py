from cskit.data.schema import column_named, plain, table_named, tables


def test_every_table_and_header_means_one_thing_only():
    for words in ([word for table in tables().values() for word in {table.name, table.ja}],):
        assert len(set(map(plain, words))) == len(words)
    for table in tables().values():
        headers = [word for own in table.columns.values() for word in {plain(own.name), *map(plain, own.ja)}]
        assert sorted(set(headers)) == sorted(headers), table.name


def test_a_spelling_means_one_allowed_value_only():
    for table in tables().values():
        for column in table.columns.values():
            spelt = [
                word for value, others in (column.allowed or {}).items() for word in {plain(value), *map(plain, others)}
            ]
            assert sorted(set(spelt)) == sorted(spelt), (table.name, column.name)


def test_tables_are_found_by_either_name_whatever_the_width_of_letters():
    assert table_named("ＮＰＳ回答") == table_named("NPS回答") == table_named("Nps_Responses") == "nps_responses"
    assert table_named("nps") == ""


def test_a_file_name_in_decomposed_japanese_as_macs_write_it_is_the_same_table():
    assert table_named("オンボーテ\u3099ィンク\u3099") == "onboardings"


def test_headers_are_found_within_their_table_only():
    assert column_named(tables()["churns"], "解約日") == "effective_on"
    assert column_named(tables()["customers"], "解約日") == "churned_on"
    assert column_named(tables()["nps_waves"], "解約日") == ""


def test_references_lead_to_tables_with_a_key_of_one_column():
    referred = {own.refers for table in tables().values() for own in table.columns.values()} - {""}
    assert {len(tables()[name].key) for name in referred} == {1}
