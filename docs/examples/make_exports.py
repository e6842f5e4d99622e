"""Exports of a made-up company, as tools write them: ``python docs/examples/make_exports.py my-exports``.

A CRM and a survey in English; contracts, activities, use and a help desk in Japanese. No company in them is real.
"""

import csv
import random
import sys
from datetime import date, timedelta
from pathlib import Path

END = date(2024, 6, 30)
NOBODY_SINCE, GOING = 9, 6  # every ninth customer hears nothing of us; every sixth hardly uses what it pays for


def main(folder: Path) -> None:
    draw, customers = random.Random(7), [f"A{n:03}" for n in range(1, 61)]
    begun = {one: date(2021, 4, 1) + timedelta(draw.randrange(1000)) for one in customers}
    seats = {one: draw.choice([5, 10, 20, 50]) for one in customers}
    files = {
        "accounts.csv": ["Account ID,Account Name,Account Segment,Contract Date,Launch,Number of Seats"],
        "契約一覧.csv": ["契約番号,顧客コード,契約開始日,契約終了日,自動更新,月額"],
        "活動履歴.csv": ["活動ID,顧客コード,実施日,手段,活動種別,時間(分)"],
        "利用実績.csv": ["顧客コード,利用日,利用者数,利用回数"],
        "survey.csv": ["Survey,Respondent,Account ID,Response Date,NPS Score,Comments"],
        "問い合わせ.csv": ["問い合わせID,顧客コード,チャネル,重要度,受付日時,初回回答日時,完了日時"],
        "解約.csv": ["顧客コード,解約申出日,解約日,解約理由"],
    }
    for n, one in enumerate(customers, 1):
        start, quiet, idle = begun[one], n % NOBODY_SINCE == 0, n % GOING == 0
        size = "Enterprise" if seats[one] >= 50 else "Mid" if seats[one] >= 20 else "Small"
        files["accounts.csv"].append(
            f"{one},Sample {n:02} Inc.,{size},{start:%Y-%m-%d},{start + timedelta(45):%Y-%m-%d},{seats[one]}"
        )
        yen = f"{seats[one] * draw.choice([1500, 1800, 2000]):,}円"
        files["契約一覧.csv"].append(f'K{n:03},{one},{start.year}年{start.month}月{start.day}日,,有,"{yen}"')
        day, number = start + timedelta(20), 0
        while day <= END - timedelta(200 if quiet else 0):
            number += 1
            kind, minutes = draw.choice([("定例", 45), ("定例", 45), ("レビュー", 90)])
            files["活動履歴.csv"].append(
                f"T{n:03}-{number},{one},{day:%Y/%m/%d},{draw.choice(['オンライン', '訪問', '電話'])},{kind},{minutes}"
            )
            day += timedelta(draw.randrange(25, 60))
        for week in range(52):
            used = round(seats[one] * (0.08 if idle else draw.uniform(0.4, 0.9)))
            files["利用実績.csv"].append(
                f"{one},{END - timedelta(7 * week + 2):%Y/%m/%d},{used},{used * draw.randrange(2, 9)}"
            )
        for wave, asked in (("2023H2", date(2023, 12, 5)), ("2024H1", date(2024, 6, 5))):
            if draw.random() < 0.75 and start < asked:
                score = draw.choice([2, 4, 5, 6, 7]) if idle else draw.choice([6, 7, 8, 8, 9, 9, 10])
                files["survey.csv"].append(
                    f"{wave},{one}-1,{one},{asked + timedelta(draw.randrange(14)):%Y-%m-%d},{score},"
                )
        for number in range(draw.randrange(6)):
            at = END - timedelta(draw.randrange(180))
            opened, solved = (
                f"{at:%Y/%m/%d} {draw.randrange(9, 17)}",
                f"{at + timedelta(draw.randrange(1, 4)):%Y/%m/%d} 10:00",
            )
            channel, severity = draw.choice(["電話", "メール", "フォーム"]), draw.choice(["低", "中", "中", "高"])
            files["問い合わせ.csv"].append(
                f"Q{n:03}-{number},{one},{channel},{severity},{opened}:05,{opened}:55,{solved}"
            )
    for one, day, reason in (
        ("A012", "2024/05/31", "利用が進まない"),
        ("A030", "2024/04/30", "予算"),
        ("A045", "2023/12/31", "担当者の異動"),
    ):
        files["解約.csv"].append(f"{one},{int(day[:4])}/{int(day[5:7]) - 1:02}/15,{day},{reason}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in files.items():
        english = name.isascii()
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8" if english else "cp932")
        print(f"{name}: {len(list(csv.reader(lines))) - 1} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
