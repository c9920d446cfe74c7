"""What people, companies and their places are called: names in the scripts in which customers write them.

A name is followed by its form in an address, where that is not the name in small letters: `佐藤=sato`.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

_PEOPLE = """
Ada Grace Mary-Jane Hugo Olive Theo Nadia Frank |\
 Lovell Hooper Brightwater O'Brien=obrien Whitfield Okafor Marsh Tran
José Inés María Íñigo Lucía Joaquín Ana Tomás |\
 García Muñoz Etxeberria Peña Conceição Güell Ibáñez Núñez
Zoë Jürgen Käthe Björn Anneliese Ömer Lütfiye Heiko |\
 Müller Weiß=weiss Schröder Öztürk Größe=groesse Yıldız=yildiz Krämer Vogt
Søren=soren Åsa Þóra=thora Ebbe Märta Sigurður=sigurdur Kåre Linnéa |\
 Østergård=ostergard Ångström Björk Jónsdóttir Nyström Løkke=lokke Blomqvist Kjær=kjaer
Łukasz=lukasz Zdeněk Małgorzata=malgorzata Željka Ștefan Dóra Jiří Agnieszka |\
 Żółć=zolc Dvořák Wójcik Šimić Țepeș Nagy Černý Łęcka=lecka
明=ming 丽=li 伟=wei 秀英=xiuying 建国=jianguo 小雨=xiaoyu 思远=siyuan 欣怡=xinyi |\
 王=wang 李=li 张=zhang 刘=liu 陈=chen 欧阳=ouyang 赵=zhao 黄=huang
さくら=sakura 大輔=daisuke 陽菜=hina 健太=kenta ユミ=yumi 蓮=ren 美咲=misaki 翔=sho |\
 佐藤=sato 鈴木=suzuki 高橋=takahashi 渡邉=watanabe 齋藤=saito 小林=kobayashi 山田=yamada 髙木=takagi
민준=minjun 서연=seoyeon 지우=jiwoo 하은=haeun 도윤=doyun 수아=sua 예준=yejun 지아=jia |\
 김=kim 이=lee 박=park 최=choi 정=jung 강=kang 조=cho 윤=yoon
Анна=anna Дмитрий=dmitri Ольга=olga Сергей=sergei Іван=ivan Наталія=nataliia Ђорђе=djordje Милена=milena |\
 Иванова=ivanova Кузнецов=kuznetsov Шевченко=shevchenko Йорданов=yordanov Щербак=shcherbak Соколова=sokolova
Γιώργος=giorgos Ελένη=eleni Νίκος=nikos Σοφία=sofia Δημήτρης=dimitris Μαρία=maria Κώστας=kostas Ιωάννα=ioanna |\
 Παππάς=pappas Γεωργίου=georgiou Νικολάου=nikolaou Οικονόμου=oikonomou Βλάχος=vlachos Ράπτης=raptis Μακρή=makri
محمد=mohammed فاطمة=fatima يوسف=yousef ليلى=layla عمر=omar نور=noor خالد=khaled مريم=maryam |\
 الفارسي=alfarsi حداد=haddad النجار=alnajjar منصور=mansour العلي=alali خوري=khoury الشامي=alshami بركات=barakat
נועה=noa איתן=eitan תמר=tamar יונתן=yonatan מיכל=michal אורי=uri שירה=shira דניאל=daniel |\
 לוי=levi כהן=cohen מזרחי=mizrahi פרץ=peretz ביטון=biton שפירא=shapira אזולאי=azoulay גולן=golan
आरव=aarav प्रिया=priya रोहन=rohan अनन्या=ananya विजय=vijay दीपिका=deepika संजय=sanjay कविता=kavita |\
 शर्मा=sharma पटेल=patel गुप्ता=gupta सिंह=singh नायर=nair देशमुख=deshmukh चौधरी=chaudhary अय्यर=iyer
สมชาย=somchai มาลี=malee อนันต์=anan สุดา=suda |\
 ใจดี=jaidee ศรีสุข=srisuk ทองคำ=thongkham วงศ์ใหญ่=wongyai
Minh Hương=huong Đức=duc Thảo |\
 Nguyễn=nguyen Trần=tran Đặng=dang Phạm=pham
"""

_COMPANIES = """
Northwind Traders|northwind|Seattle|United States|Shipping
Umbrella & Sons|umbrella|London|United Kingdom|Insurance
Café Zürich AG|cafe-zurich|Zürich|Switzerland|Food & Beverage
株式会社さくら|sakura|東京|日本|Technology
Acme, Inc.|acme|Chicago|United States|Manufacturing
Globex|globex|Rotterdam|Netherlands|Chemicals
Initech|initech|Austin|United States|Technology
Ромашка|romashka|Київ|Україна|Agriculture
Müller & Söhne GmbH|mueller|München|Deutschland|Machinery
Société Générale d'Épices|epices|Lyon|France|Food & Beverage
Ørsted Lys ApS|lys|København|Danmark|Energy
北京远景科技有限公司|yuanjing|北京|中国|Electronics
한빛전자|hanbit|서울|대한민국|Electronics
شركة النور للتجارة|alnoor|دبي|الإمارات|Retail
אופק תוכנה בע״מ|ofek|תל אביב|ישראל|Technology
Ελληνικά Ναυτιλιακά Α.Ε.|naftiliaka|Πειραιάς|Ελλάδα|Shipping
नवभारत सॉफ्टवेयर|navbharat|पुणे|भारत|Consulting
Łódź Meble Sp. z o.o.|lodzmeble|Łódź|Polska|Manufacturing
Construções São João Lda.|saojoao|Porto|Portugal|Construction
İstanbul Tekstil A.Ş.|istanbultekstil|İstanbul|Türkiye|Apparel
บริษัท ไทยเจริญ จำกัด|thaicharoen|กรุงเทพฯ|ประเทศไทย|Hospitality
Công ty Sao Mai|saomai|Hà Nội|Việt Nam|Transportation
Pemberton "Fast" Freight|pemberton|Dublin|Ireland|Transportation
Kiwi & Co.|kiwi|Wellington|New Zealand|Agriculture
Banco del Río|bancodelrio|Montevideo|Uruguay|Banking
Ubuntu Health|ubuntuhealth|Nairobi|Kenya|Healthcare
Aurora Media Oy|auroramedia|Helsinki|Suomi|Media
Horizon Schools|horizonschools|Toronto|Canada|Education
Stadtwerke Köln|stadtwerke|Köln|Deutschland|Utilities
Bright & Early|brightearly|Manchester|United Kingdom|Consulting
Verde Energía S.L.|verde|Sevilla|España|Energy
Grand Hôtel du Lac|hoteldulac|Genève|Suisse|Hospitality
"""
_BRANCHES = ("", "Services", "Labs", "Group", "Europe", "Asia", "Partners", "Digital", "Logistics", "Capital")


class Name(NamedTuple):
    """First and last name, and how both stand in an address."""

    first: str
    last: str
    login: str


class Company(NamedTuple):
    """A company with its web domain, its place and its industry."""

    name: str
    domain: str
    city: str
    country: str
    industry: str


def _spelled(text: str) -> tuple[str, str]:
    name, _, given = text.partition("=")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return name, given or plain


_CULTURES = [[list(map(_spelled, side.split())) for side in line.split("|")] for line in _PEOPLE.strip().splitlines()]
_ROWS = [line.split("|") for line in _COMPANIES.strip().splitlines()]
NAMES = [
    Name(first, last, f"{early}.{late}")
    for firsts, lasts in _CULTURES
    for first, early in firsts
    for last, late in lasts
]


def company(number: int) -> Company:
    """The company of this number; the later ones are branches of the first, and then numbered."""
    row = _ROWS[number % len(_ROWS)]
    branch, again = number // len(_ROWS) % len(_BRANCHES), number // (len(_ROWS) * len(_BRANCHES))
    name = " ".join(word for word in (row[0], _BRANCHES[branch], str(again + 1) if again else "") if word)
    domain = "-".join(word for word in (row[1], _BRANCHES[branch].lower(), str(again + 1) if again else "") if word)
    return Company(name, f"{domain}.example", row[2], row[3], row[4])
