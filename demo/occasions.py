"""What a day in a town hall is made of: meetings, visitors, trips, counters, leave, by the task of the bureau."""

from dataclasses import dataclass

# Kinds of appointments by the code the schedule has for them; a trip is a day out of the office.
MEETING, VISITOR, OUT, LEAVE, WORK, TRAINING = "meeting", "visitor", "outing", "leave", "work", "training"
TRIP = OUT


@dataclass(frozen=True, slots=True)
class Occasion:
    """One thing people do: title, kind, usual hours, how long, with how many of the section, and how often."""

    title: str
    kind: str
    hours: tuple[float, ...]
    minutes: tuple[int, ...]
    weight: int = 10
    company: tuple[int, int] = (0, 0)
    places: tuple[str, ...] = ()
    content: str = ""


ROOMS = (
    "第1会議室",
    "第2会議室",
    "第3会議室",
    "第5会議室",
    "ミーティングテーブルA",
    "ミーティングテーブルB",
    "1号館14階大会議室",
)
ONLINE = ("Web会議", *ROOMS)
MORNING, NOON, AFTERNOON = (9, 9.5, 10, 10.5, 11), (13, 13.25), (13, 13.5, 14, 14.5, 15, 15.5, 16)
ANY = MORNING + AFTERNOON

EVERYWHERE = [
    Occasion("係内打合せ", MEETING, (9, 9.5, 16), (30, 60), 14, (2, 8), ROOMS),
    Occasion("課内会議", MEETING, (10, 13.5), (60,), 8, (3, 8), ROOMS, "各係から進捗を報告してください。"),
    Occasion("進捗確認", MEETING, ANY, (30,), 12, (1, 3), ONLINE),
    Occasion("予算要求ヒアリング準備", WORK, ANY, (60, 90, 120), 8, (0, 2)),
    Occasion("予算要求ヒアリング", MEETING, AFTERNOON, (60, 90), 5, (1, 3), ("財政部ヒアリング室", *ROOMS)),
    Occasion("資料作成", WORK, ANY, (60, 90, 120), 14),
    Occasion("議会答弁調整", MEETING, AFTERNOON, (60,), 4, (1, 3), ROOMS),
    Occasion("1on1", MEETING, ANY, (30,), 6, (1, 1), ("ミーティングテーブルA", "ミーティングテーブルB")),
    Occasion("新規採用職員 面談", MEETING, ANY, (30,), 3, (1, 1), ROOMS),
    Occasion("人権研修", TRAINING, (9.5, 13.5), (90, 120), 3, (0, 0), ("研修所", "Web会議")),
    Occasion("情報セキュリティ研修（eラーニング）", TRAINING, ANY, (60,), 4),
    Occasion("朝礼当番", WORK, (8.75,), (15,), 4),
    Occasion("電話当番", WORK, NOON, (45,), 5),
    Occasion("起案・決裁処理", WORK, ANY, (60,), 8),
    Occasion("委託業者 定例会", VISITOR, AFTERNOON, (60,), 6, (1, 3), ROOMS, "前回の宿題を確認します。"),
    Occasion(
        "〇〇区△△氏訪問", OUT, MORNING, (60,), 3, (0, 1), ("ミーティングテーブルA",), "〇〇の件について"
    ),
    Occasion("県庁 協議", OUT, AFTERNOON, (90, 120), 3, (0, 2), ("県庁2号館",)),
    Occasion("東京事務所 打合せ", TRIP, (9,), (480,), 1, (0, 1), ("東京事務所",)),
    Occasion("他都市視察対応", VISITOR, MORNING, (90,), 2, (1, 3), ROOMS),
    Occasion("産業医面談", MEETING, AFTERNOON, (30,), 2, (0, 0), ("健康管理室",)),
    Occasion("年末調整書類 提出", WORK, ANY, (15,), 3),
    Occasion("在宅勤務", WORK, (8.75,), (525,), 5),
    Occasion("窓口応援", WORK, (9, 13), (180, 240), 3, (0, 0), ("1階総合窓口",)),
]

BY_TASK = {
    "市長室": [
        Occasion("記者会見 準備", WORK, MORNING, (60,), 12, (1, 2), ROOMS),
        Occasion("表敬訪問 受入れ", VISITOR, AFTERNOON, (30,), 12, (1, 2), ("応接室",)),
        Occasion("市長日程調整", MEETING, (9, 17), (30,), 14, (1, 3)),
        Occasion("式典 随行", OUT, ANY, (90, 120), 8, (0, 1), ("市民ホール",)),
        Occasion("姉妹都市 オンライン会談", MEETING, AFTERNOON, (60,), 4, (1, 3), ("Web会議",)),
    ],
    "情報": [
        Occasion(
            "グループウェア更新 庁内検討会",
            MEETING,
            AFTERNOON,
            (60, 90),
            14,
            (2, 6),
            ONLINE,
            "素案を事前にご確認ください。",
        ),
        Occasion("標準化・共通化 移行ワーキング", MEETING, ANY, (90,), 12, (1, 4), ONLINE),
        Occasion("庁内ネットワーク ベンダー定例", VISITOR, AFTERNOON, (60,), 10, (1, 4), ROOMS),
        Occasion("端末更新 現地確認", OUT, ANY, (120,), 6, (0, 2), ("東灘区役所", "垂水区役所")),
        Occasion("アンケート設計", WORK, ANY, (60, 90), 8),
        Occasion("調達仕様書 レビュー", MEETING, ANY, (60,), 10, (1, 3), ONLINE),
        Occasion("CSIRT 連絡会", MEETING, MORNING, (60,), 5, (1, 3), ONLINE),
    ],
    "危機": [
        Occasion("総合防災訓練 調整会議", MEETING, ANY, (90,), 14, (2, 5), ("危機管理センター",)),
        Occasion("避難所運営 説明会", OUT, (18.5,), (90,), 8, (1, 2), ("地域福祉センター",)),
        Occasion("気象台 定例説明", VISITOR, MORNING, (30,), 8, (1, 3), ("危機管理センター",)),
    ],
    "行財政": [
        Occasion("予算査定", MEETING, ANY, (120, 180), 12, (1, 4), ("財政部査定室",)),
        Occasion("契約審査会", MEETING, AFTERNOON, (90,), 8, (1, 3), ROOMS),
        Occasion("職員採用 面接", MEETING, ANY, (180,), 6, (1, 3), ("研修所",)),
        Occasion("給与システム 検証", WORK, ANY, (120,), 8, (0, 2)),
        Occasion("健康保険被扶養者 確認作業", WORK, ANY, (120,), 6, (0, 2)),
        Occasion("庶務事務 相談会", VISITOR, AFTERNOON, (60,), 6, (0, 1), ROOMS),
    ],
    "建設": [
        Occasion("現場立会い", OUT, ANY, (90, 120), 16, (0, 2), ("市道山手幹線", "〇〇橋", "中央緑地")),
        Occasion("工事定例会", MEETING, MORNING, (60,), 12, (1, 3), ("現場事務所",)),
        Occasion("占用協議", VISITOR, AFTERNOON, (60,), 8, (0, 1), ROOMS),
        Occasion("道路パトロール", OUT, (9.5, 13.5), (150,), 12, (1, 1)),
        Occasion("設計積算", WORK, ANY, (120, 180), 10),
        Occasion("地元説明会", OUT, (18.5, 19), (90,), 5, (1, 3), ("自治会館",)),
    ],
    "水道": [
        Occasion("漏水調査", OUT, (9, 13), (180,), 14, (1, 2)),
        Occasion("浄水場 巡回点検", OUT, (9.5,), (180,), 10, (1, 1), ("上ヶ原浄水場",)),
        Occasion("工事定例会", MEETING, MORNING, (60,), 10, (1, 3), ("現場事務所",)),
    ],
    "消防": [
        Occasion("査察", OUT, ANY, (120,), 14, (1, 1)),
        Occasion("救急講習", OUT, (9.5, 13.5), (180,), 10, (1, 2), ("市民防災センター",)),
        Occasion("警防訓練", WORK, (9, 14), (120,), 14, (2, 6), ("訓練塔",)),
        Occasion("車両点検", WORK, (8.75,), (45,), 10, (1, 3)),
    ],
    "福祉": [
        Occasion("ケース会議", MEETING, ANY, (60, 90), 16, (1, 4), ROOMS),
        Occasion("事業者 実地指導", OUT, (10, 13.5), (150,), 12, (1, 2)),
        Occasion("障害支援区分 審査会", MEETING, AFTERNOON, (120,), 8, (1, 3), ROOMS),
        Occasion("民生委員 連絡会", MEETING, AFTERNOON, (90,), 5, (1, 2), ("地域福祉センター",)),
    ],
    "こども": [
        Occasion("家庭訪問", OUT, AFTERNOON, (90,), 16, (0, 1)),
        Occasion("保育所 指導監査", OUT, MORNING, (150,), 10, (1, 2)),
        Occasion("要保護児童対策 実務者会議", MEETING, AFTERNOON, (120,), 8, (1, 4), ROOMS),
        Occasion("入所選考 準備", WORK, ANY, (120,), 8, (0, 2)),
    ],
    "健康": [
        Occasion("感染症発生動向 検討会", MEETING, AFTERNOON, (60,), 12, (1, 4), ONLINE),
        Occasion("食品営業施設 監視指導", OUT, MORNING, (150,), 12, (1, 1)),
        Occasion("医師会 打合せ", OUT, AFTERNOON, (60,), 6, (0, 2), ("医師会館",)),
    ],
    "区役所": [
        Occasion("窓口当番", WORK, (8.75, 12.75), (240,), 18),
        Occasion("マイナンバーカード 休日交付 準備", WORK, AFTERNOON, (60,), 8, (0, 3)),
        Occasion("まちづくり協議会", OUT, (18.5, 19), (90,), 8, (0, 2), ("地域福祉センター",)),
        Occasion("訪問調査", OUT, AFTERNOON, (120,), 12, (0, 1)),
        Occasion("区内連絡調整会議", MEETING, MORNING, (60,), 8, (1, 4), ("区役所大会議室",)),
        Occasion("自治会役員 来庁", VISITOR, ANY, (45,), 6, (0, 1), ("相談室",)),
    ],
    "教育": [
        Occasion("学校訪問", OUT, ANY, (120,), 16, (0, 2)),
        Occasion("校長会", MEETING, AFTERNOON, (120,), 6, (1, 3), ("総合教育センター",)),
        Occasion("初任者研修", TRAINING, (9, 13.5), (180,), 8, (1, 3), ("総合教育センター",)),
        Occasion("給食献立委員会", MEETING, AFTERNOON, (90,), 5, (1, 2), ROOMS),
    ],
    "交通": [
        Occasion("運転士 点呼立会い", WORK, (6, 14), (60,), 12),
        Occasion("終電後作業 打合せ", MEETING, AFTERNOON, (60,), 10, (1, 4)),
        Occasion("安全管理委員会", MEETING, MORNING, (90,), 6, (2, 5), ROOMS),
    ],
    "監査": [
        Occasion("定期監査 実査", OUT, (9.5, 13.5), (180,), 14, (1, 3), ("各局",)),
        Occasion("監査委員 協議", MEETING, MORNING, (90,), 8, (1, 3), ("監査委員室",)),
        Occasion("調書整理", WORK, ANY, (120,), 12),
    ],
    "市会": [
        Occasion("本会議", MEETING, (10,), (360,), 6, (2, 6), ("議場",)),
        Occasion("常任委員会", MEETING, (10, 13), (180,), 10, (1, 4), ("委員会室",)),
        Occasion("請願・陳情 受付", VISITOR, ANY, (30,), 8),
    ],
    "環境": [
        Occasion("ごみ処理施設 見学対応", VISITOR, MORNING, (90,), 8, (0, 2), ("クリーンセンター",)),
        Occasion("不法投棄 現地確認", OUT, ANY, (120,), 12, (1, 1)),
        Occasion("大気測定局 点検", OUT, MORNING, (120,), 8, (1, 1)),
    ],
    "経済": [
        Occasion("企業訪問", OUT, ANY, (90,), 16, (0, 2)),
        Occasion("商店街 ヒアリング", OUT, AFTERNOON, (90,), 10, (0, 1)),
        Occasion("観光キャンペーン 実行委員会", MEETING, AFTERNOON, (90,), 8, (1, 3), ROOMS),
    ],
    "建築": [
        Occasion("完了検査", OUT, ANY, (120,), 16, (0, 1)),
        Occasion("確認申請 事前相談", VISITOR, ANY, (45,), 12, (0, 1), ("相談カウンター",)),
        Occasion("市営住宅 入居説明会", MEETING, AFTERNOON, (90,), 6, (1, 3), ("集会所",)),
    ],
}

# What people keep to themselves: others see 予定あり and nothing more.
PRIVATE = [
    Occasion("歯科受診", OUT, (9, 16.5), (60, 90), 10, (0, 0), ("〇〇歯科",)),
    Occasion("通院", OUT, (9, 15.5), (120,), 12, (0, 0), ("市民病院",)),
    Occasion("子の参観日", LEAVE, (13,), (180,), 8, (0, 0), ("小学校",)),
    Occasion("介護の相談", LEAVE, (10, 14), (90,), 6, (0, 0), ("地域包括支援センター",)),
    Occasion("人事異動 内示面談", MEETING, AFTERNOON, (30,), 6, (1, 1), ("応接室",)),
    Occasion("苦情対応（個別）", VISITOR, ANY, (60,), 8, (0, 1), ("相談室",)),
    Occasion("懲戒審査 事前協議", MEETING, ANY, (60,), 3, (1, 2), ("職員部会議室",)),
    Occasion("健康診断 再検査", OUT, MORNING, (120,), 6, (0, 0), ("健診センター",)),
]
WHOLE_DAYS = [
    ("年次有給休暇", LEAVE, 12),
    ("夏季休暇", LEAVE, 2),
    ("代休", LEAVE, 3),
    ("育児休業", LEAVE, 1),
    ("出張（東京）", TRIP, 4),
    ("派遣研修", TRAINING, 3),
]
MAYOR = [
    Occasion("庁議", MEETING, (9.5,), (60,), 10, (2, 3), ("庁議室",)),
    Occasion("定例記者会見", MEETING, (14,), (60,), 6, (0, 0), ("記者会見室",)),
    Occasion("表敬訪問", VISITOR, AFTERNOON, (20,), 14, (0, 0), ("応接室",)),
    Occasion("市民との対話フォーラム", OUT, (14, 18.5), (120,), 5, (0, 1), ("市民ホール",)),
    Occasion("国への要望活動", TRIP, (8.5,), (540,), 2, (0, 1), ("東京都千代田区",)),
    Occasion("局長レク", MEETING, ANY, (30,), 16, (0, 2), ("市長室",)),
    Occasion("式典 祝辞", OUT, MORNING, (60,), 8, (0, 0), ("国際会議場",)),
    Occasion("政策協議", MEETING, AFTERNOON, (60,), 10, (1, 3), ("特別会議室",)),
]


def occasions_of(path: str) -> list[Occasion]:
    """What is done in an office: everywhere the same things, and those of its task."""
    special = [occasion for word, found in BY_TASK.items() if word in path for occasion in found]
    return EVERYWHERE + special * (2 if special else 1)
