from cskit.data.schema import also_named, column_named, plain, table_named, tables, tight


def test_every_table_and_header_means_one_thing_only():
    for words in ([word for table in tables().values() for word in {table.name, table.ja}],):
        assert len(set(map(plain, words))) == len(words)
    for table in tables().values():
        words = [(own.name, *own.ja, *own.en) for own in table.columns.values()]
        headers = [word for own in words for word in set(map(tight, own))]
        assert sorted(set(headers)) == sorted(headers), table.name
        for own in words:
            assert len(set(own)) == len(own), (table.name, own)


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


def test_headers_of_japanese_and_english_tools_are_read_out_of_the_box():
    said = {
        "customers": "顧客ID=customer_id 取引先 ID=customer_id Account_ID=customer_id 会社名=name 企業名=name 契約日=contracted_on "
        "CloseDate=contracted_on 解約日=churned_on 担当=owner 料金プラン=plan アカウント数=seats",
        "nps_responses": "推奨度=score NPSスコア=score 回答日=on フリーコメント=comment",
        "tickets": "対応時間=handling_minutes チケット番号=ticket_id Case-Number=ticket_id 優先度=severity 受付日時=opened_at",
        "contracts": "月額利用料=mrr 契約満了日=ends_on Start_Date=starts_on",
        "touchpoints": "訪問日=on 対応時間(分)=minutes 対応時間（分）=minutes",
    }
    for table, pairs in said.items():
        for pair in pairs.replace("取引先 ID", "取引先　ＩＤ").split(" "):
            header, _, column = pair.partition("=")
            assert column_named(tables()[table], header) == column, header


def test_a_header_that_only_looks_like_one_is_not_read():
    for header in ("契約開始日", "Website", "作成日時", "Duration", "ユーザー数"):
        assert column_named(tables()["customers"], header) == ""


def test_further_headers_never_take_the_place_of_ours():
    more = also_named(tables()["customers"], {"plan": ["コース", "会社名"]})
    assert (column_named(more, "コース"), column_named(more, "会社名")) == ("plan", "name")
    assert column_named(tables()["customers"], "コース") == ""
